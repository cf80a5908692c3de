#!/bin/sh
# Packs build/ferry and build/ferry-cli as build/ferry_VERSION_ARCH.deb:
#   deb.sh VERSION
set -eu
umask 022
cd "$(dirname "$0")/.."

version=$1
arch=$(dpkg --print-architecture)
root=build/deb
rm -rf "$root"
make --no-print-directory install DESTDIR="$root" PREFIX=/usr
strip "$root/usr/bin/ferry" "$root/usr/bin/ferry-cli"

# What the licences of all that is linked in ask for.
{
	cat LICENSE
	printf '\nThe font Droid Sans Fallback:\n\n'
	cat assets/fonts/LICENSE.txt
	go list -deps -f '{{with .Module}}{{if not .Main}}{{.Path}} {{.Dir}}{{end}}{{end}}' ./app ./app/cli |
		sort -u | while read -r module dir; do
		printf '\n%s:\n\n' "$module"
		find "$dir" -maxdepth 1 -iname 'LICENSE*' -exec cat {} +
	done
} >build/copyright
install -D -m 644 build/copyright "$root/usr/share/doc/ferry/copyright"

# The oldest C library that has every symbol the window was linked with.
libc=$(objdump -T build/ferry | sed -n 's/.*GLIBC_\([0-9.]*\).*/\1/p' | sort -uV | tail -n 1)

mkdir -p "$root/DEBIAN"
(cd "$root" && find usr -type f -exec md5sum {} +) >"$root/DEBIAN/md5sums"
cat >"$root/DEBIAN/control" <<END
Package: ferry
Version: $version
Architecture: $arch
Maintainer: The Ferry Authors <ferry@localhost>
Section: net
Priority: optional
Installed-Size: $(du -sk "$root/usr" | cut -f 1)
Depends: libc6 (>= $libc), libgl1, libx11-6, libxcursor1, libxrandr2, libxinerama1, libxi6, libxxf86vm1
Recommends: xdg-utils
Suggests: fonts-noto-cjk
Description: move files between computers on the local network
 Drag a file onto another computer's card; there, accept it. The computers
 find each other; no account, no server in the middle, nothing to configure.
 .
 ferry-cli does the same without a window, for servers and scripts.
END
dpkg-deb --root-owner-group --build "$root" "build/ferry_${version}_$arch.deb"
