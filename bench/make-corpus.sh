#!/usr/bin/env bash
# Makes the benchmark's images from photographs that Debian ships: 4.6 GB, about nine minutes on two cores.
#
#   bench/make-corpus.sh CORPUS [group ...]
#
# groups (default: all): base jpeg deflate lzw raw zstd webp giga grey16 float lab bilevel rgb16 jp2 plain. "base" is the picture
# all others are made from.
# Needs: apt-get install libvips-tools libopenjp2-tools, and either PHOTOS=DIR, a folder with the contents of /usr/share of the packages
# mate-backgrounds and plasma-workspace-wallpapers, or apt-get to download the two.
# A file that exists is not made again; an unfinished one has ".part" in its name.
set -euo pipefail
CORPUS=${1:?usage: bench/make-corpus.sh CORPUS [group ...]}
shift
WANTED=" ${*:-base jpeg deflate lzw raw zstd webp giga grey16 float lab bilevel rgb16 jp2 plain} "
WORK=$CORPUS/work
PHOTOS=${PHOTOS:-$CORPUS/photos-deb/usr/share}
export VIPS_CONCURRENCY=${VIPS_CONCURRENCY:-2} VIPS_WARNING=0
mkdir -p "$WORK"

# make GROUP TARGET COMMAND...: runs the command, which writes the file "$OUT", when the group is wanted and TARGET is not there.
make() {
  local group=$1 target=$CORPUS/$2 started=$SECONDS
  shift 2
  [[ $WANTED == *" $group "* && ! -e $target ]] || return 0
  OUT=${target%.*}.part.${target##*.}
  "$@"
  mv "$OUT" "$target"
  printf '%-34s %12d bytes %4d s\n' "${target#"$CORPUS"/}" "$(stat -c %s "$target")" $((SECONDS - started))
}

photos() {
  [ -d "$PHOTOS/backgrounds" ] && return 0
  (cd "$WORK" && apt-get download mate-backgrounds plasma-workspace-wallpapers)
  for package in "$WORK"/*.deb; do dpkg -x "$package" "$CORPUS/photos-deb"; done
  rm -f "$WORK"/*.deb
}

# ---- the base picture: 20000 x 15000, 8 x 10 cells of 2500 x 1500. 20 photographs and paintings, each in four orientations,
# with mild noise (sigma 2) and a line of text in every other cell.
SOURCES=(
  backgrounds/mate/nature/{Blinds,Dune,GreenMeadow,RainDrops,Garden,LadyBird,YellowFlower,Wood}.jpg
  backgrounds/mate/abstract/Elephants_5640x3172.jpg
  wallpapers/{Path,OneStandsOut,ColorfulCups,EveningGlow,FallenLeaf,BytheWater,Kite,Autumn}/contents/images/2560x1600.jpg
  backgrounds/mate/abstract/Elephants_3840x2160.jpg
  backgrounds/mate/nature/Storm.jpg
  wallpapers/SafeLanding/contents/images/5120x2880.jpg
)

# step COMMAND [ARGS...]: one vips operation on the picture in hand, $WORK/now.v
step() {
  vips "$1" "$WORK/now.v" "$WORK/next.v" "${@:2}"
  mv "$WORK/next.v" "$WORK/now.v"
}

cell() { # cell NUMBER
  local n=$1 source=$PHOTOS/${SOURCES[$((($1 * 7) % 20))]}
  vips thumbnail "$source" "$WORK/now.v" 2500 --height 1500 --crop centre --size both --no-rotate 2>/dev/null
  [ "$(vipsheader -f bands "$WORK/now.v")" != 4 ] || step extract_band 0 --n 3
  case $((n / 20)) in
    1) step flip horizontal ;;
    2) step flip vertical ;;
    3) step rot d180 ;;
  esac
  if ((n % 2)); then
    vips text "$WORK/text.v" "Plate $n: the quick brown fox jumps over the lazy dog, 0123456789" --width 2300 --dpi 150 --font "sans 18"
    vips embed "$WORK/text.v" "$WORK/page.v" 100 1200 2500 1500
    vips subtract "$WORK/now.v" "$WORK/page.v" "$WORK/next.v" && mv "$WORK/next.v" "$WORK/now.v"
  fi
  vips add "$WORK/now.v" "$WORK/noise.v" "$WORK/next.v" && mv "$WORK/next.v" "$WORK/now.v"
  step cast uchar
  step copy --interpretation srgb
  mv "$WORK/now.v" "$WORK/cell$n.v"
}

base() {
  photos
  local cells=() n
  vips gaussnoise "$WORK/noise.v" 2500 1500 --mean 0 --sigma 2 --seed 42
  for ((n = 0; n < 80; n++)); do
    cell "$n"
    cells+=("$WORK/cell$n.v")
  done
  vips arrayjoin "${cells[*]}" "$WORK/joined.v" --across 8
  vips copy "$WORK/joined.v" "$OUT" --xres 11.811 --yres 11.811 --interpretation srgb
  rm -f "$WORK"/{joined,text,page,noise,now}.v "$WORK"/cell*.v
}

quarter() { vips crop "$BASE" "$OUT" 5000 3000 10000 7500; }

# ---- 8-bit RGB pyramids of 256-pixel tiles
pyramid() { vips tiffsave "$1" "$OUT" --strip --tile --pyramid --tile-width 256 --tile-height 256 "${@:2}"; }

giga() { # the base picture 12 times over, cut to 60000 x 50000
  vips arrayjoin "$(printf "$BASE %.0s" {1..12})" "$WORK/joined.v" --across 3
  vips crop "$WORK/joined.v" "$OUT[strip,tile,pyramid,tile-width=256,tile-height=256,compression=jpeg,Q=75,bigtiff]" 0 0 60000 50000
  rm -f "$WORK/joined.v"
}

# ---- the same in other types of samples
square() { # grey, 10000 x 10000
  vips crop "$BASE" "$WORK/now.v" 2500 1500 10000 10000
  step colourspace b-w
}

grey16() { # 2000 to 58100, with fine noise in the low bits
  square
  step linear 220 2000
  vips gaussnoise "$WORK/noise.v" 10000 10000 --mean 0 --sigma 60 --seed 7
  vips add "$WORK/now.v" "$WORK/noise.v" "$WORK/next.v" && mv "$WORK/next.v" "$WORK/now.v"
  rm -f "$WORK/noise.v"
  step cast ushort
  step copy --interpretation grey16
  pyramid "$WORK/now.v" --compression deflate --predictor horizontal
}

float() { # float PREDICTOR: -0.2 to 3.3
  square
  step crop 1000 1000 8000 8000
  step linear 0.00392156 0
  step math2_const pow 2.2
  vips linear -- "$WORK/now.v" "$WORK/next.v" 3.5 -0.2 && mv "$WORK/next.v" "$WORK/now.v"
  step cast float
  step copy --interpretation b-w
  pyramid "$WORK/now.v" --compression deflate --predictor "$1"
}

lab() {
  vips colourspace "$QUARTER" "$WORK/now.v" labq
  pyramid "$WORK/now.v" --compression deflate
}

bilevel() { # bilevel COMPRESSION
  square
  step relational_const more 110
  pyramid "$WORK/now.v" --bitdepth 1 --predictor none --compression "$1"
}

rgb16() {
  vips crop "$QUARTER" "$WORK/now.v" 0 0 5000 4000
  step linear 257 0
  step cast ushort
  step copy --interpretation rgb16
  pyramid "$WORK/now.v" --compression deflate --predictor horizontal
}

# ---- JPEG 2000, 10000 x 7500
PRECINCTS=$(printf '[256,256],%.0s' {1..6})

jp2() { # jp2 OPTIONS...
  [ -e "$WORK/base10k.ppm" ] || vips ppmsave "$QUARTER" "$WORK/base10k.ppm"
  opj_compress -i "$WORK/base10k.ppm" -o "$OUT" -threads 2 -n 6 -p RPCL -b 64,64 "$@" > /dev/null
}

# ---- no pyramid: a photograph as a camera writes it, 8000 x 6000
plain() { vips crop "$QUARTER" "$OUT[Q=90,strip]" 0 0 8000 6000; }

BASE=$WORK/base.v
QUARTER=$WORK/base10k.v
make base work/base.v base
make base work/base10k.v quarter
make jpeg rgb_jpeg75_256.tif pyramid "$BASE" --compression jpeg --Q 75
make deflate rgb_deflate_256.tif pyramid "$BASE" --compression deflate --predictor horizontal
make lzw rgb_lzw_256.tif pyramid "$BASE" --compression lzw --predictor horizontal
make raw rgb_raw_256.tif pyramid "$QUARTER" --compression none
make zstd rgb_zstd_256.tif pyramid "$QUARTER" --compression zstd --predictor horizontal
make webp rgb_webp75_256.tif pyramid "$QUARTER" --compression webp --Q 75
make giga giga_60000x50000_jpeg.tif giga
make grey16 grey16_deflate_256.tif grey16
make float float_deflate_256.tif float none
make float float_deflate_fp3_256.tif float float
make lab lab8_deflate_256.tif lab
make bilevel bilevel_deflate_256.tif bilevel deflate
make bilevel bilevel_g4_256.tif bilevel ccittfax4
make rgb16 rgb16_deflate_256.tif rgb16
make jp2 jp2_untiled_lossy.jp2 jp2 -c "${PRECINCTS%,}" -I -r 20
make jp2 jp2_untiled_lossless.jp2 jp2 -c "${PRECINCTS%,}"
make jp2 jp2_tiled1024_lossy.jp2 jp2 -t 1024,1024 -I -r 20
make jp2 jp2_tiled1024_lossless.jp2 jp2 -t 1024,1024
make jp2 jp2_tiled1024_layers.jp2 jp2 -t 1024,1024 -I -r 160,80,40,20,10
make plain flat_8000x6000.jpg plain
rm -f "$WORK"/{now,next}.v "$WORK/base10k.ppm"
