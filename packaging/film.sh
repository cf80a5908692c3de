#!/bin/sh
# Makes the README's animated picture of the main job, packaging/ferry.gif, out of what "FERRY_FILM=DIR
# go test ./app/e2e -run TestDragOntoPeer" has left in DIR: pictures of a screen, named by where the mouse
# was, which is drawn here.
#
#   film.sh DIR
set -eu
dir=$1
out=$(dirname "$0")/ferry.gif
mkdir -p "$dir/drawn"
for frame in "$dir"/[0-9]*.png; do
	name=$(basename "$frame" .png)
	at=${name#*-}
	x=${at%-*} y=${at#*-}
	convert "$frame" -fill black -stroke white -strokewidth 1.5 \
		-draw "translate $x,$y polygon 0,0 0,21 5,16 9,25 13,23 9,15 16,15" \
		-crop 1880x690+10+70 +repage -resize 940x "$dir/drawn/$name.png"
done
# Frames that are the same become one that stays longer.
convert -delay 15 -loop 0 "$dir"/drawn/*.png -layers RemoveDups -dither None -colors 96 \
	-layers OptimizePlus -layers OptimizeTransparency "$out"
ls -l "$out"
