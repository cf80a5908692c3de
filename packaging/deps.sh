#!/bin/sh
# Installs the system packages that working on Ferry needs.
#
#   deps.sh build   to compile the window (cgo, X11 and OpenGL headers)
#   deps.sh run     to open it
#   deps.sh test    to run every test (has build and run in it)
#   deps.sh bench   to measure, beside the programs that people use otherwise
#
# Several may be named. Where all packages are installed it does nothing, at once and
# without the network. Without apt-get it says what is needed and goes on: the
# packages have other names there and cannot be looked up. Without the right to
# install it says what to install, and fails unless only "run" was asked for.
set -eu

build='gcc libc6-dev pkg-config libgl-dev libx11-dev libxcursor-dev libxrandr-dev
	libxinerama-dev libxi-dev libxxf86vm-dev'
run='libgl1 libgl1-mesa-dri libx11-6 libxcursor1 libxrandr2 libxinerama1 libxi6
	libxxf86vm1 xdg-utils'
# A virtual screen with a window manager, a hand to move the mouse, an eye for QR codes, a drag
# source, screenshots, a network of many hosts, a font with Chinese in it, a bus, and
# another mDNS responder.
test='xvfb openbox xdotool wmctrl x11-utils python3-gi gir1.2-gtk-3.0 imagemagick
	iproute2 nftables procps util-linux fonts-droid-fallback dbus avahi-daemon avahi-utils
	zbar-tools'
bench='iperf3 iproute2 netcat-openbsd openssh-client openssh-server rsync util-linux'

usage() {
	echo "usage: deps.sh build|run|test|bench ..." >&2
	exit 2
}

# missing prints those of its arguments that are not installed.
missing() {
	installed=$(dpkg-query -W -f '${Package} ${db:Status-Status}\n' "$@" 2>/dev/null |
		sed -n 's/ installed$//p') || true
	for package in "$@"; do
		echo "$installed" | grep -qxF "$package" || echo "$package"
	done
}

# apt runs apt-get as root, without questions.
apt() {
	set -- env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=300 "$@"
	if [ "$(id -u)" -ne 0 ]; then
		set -- sudo "$@"
	fi
	"$@"
}

wanted=
needed=false
[ $# -gt 0 ] || usage
for group in "$@"; do
	case $group in
	build) wanted="$wanted $build" needed=true ;;
	run) wanted="$wanted $run" ;;
	test) wanted="$wanted $build $run $test" needed=true ;;
	bench) wanted="$wanted $bench" needed=true ;;
	*) usage ;;
	esac
done

if ! command -v apt-get >/dev/null; then
	if [ "$(uname -s)" = Linux ]; then
		echo "deps.sh: no apt-get here; what Debian calls these is needed:" $wanted >&2
	fi
	exit 0
fi

wanted=$(missing $wanted)
[ -n "$wanted" ] || exit 0
if [ "$(id -u)" -ne 0 ] && ! command -v sudo >/dev/null; then
	echo "deps.sh: neither root nor sudo; as root, run: apt-get install" $wanted >&2
	if $needed; then exit 1; fi
	exit 0
fi
echo "deps.sh: installing" $wanted
apt update
apt install --no-install-recommends $wanted
