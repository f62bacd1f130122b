#!/bin/bash
# Builds openjpeg.wasm and the files beside it that say what it is, from Debian's source package.
#
#   apt-get install emscripten dpkg-dev && codecs/jpeg2000/openjpeg/build.sh
#
# The source comes by a list of sources of its own that is gone afterwards; the system's lists stay as they are.
set -euo pipefail
patches=(decode-ht-areas.patch recall-code-blocks.patch)
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
unset EM_CACHE

mkdir -p "$work"/{parts,lists/partial,cache/archives/partial}
sed 's/^Types: .*/Types: deb-src/' /etc/apt/sources.list.d/debian.sources > "$work/parts/source.sources"
apt=(apt-get -qq -o Dir::Etc::SourceList=/dev/null -o "Dir::Etc::SourceParts=$work/parts"
  -o "Dir::State::Lists=$work/lists" -o "Dir::Cache=$work/cache" -o APT::Sandbox::User=)
cd "$work"
"${apt[@]}" update
"${apt[@]}" source openjpeg2
cd openjpeg2-*/
for patch in "${patches[@]}"; do patch -p1 < "$here/$patch"; done

lib=src/lib/openjp2
names=(bio cio dwt event function_list ht_dec image invert j2k jp2 mct mqc openjpeg opj_clock opj_malloc pi sparse_array t1 t2 tcd
  tgt thread)
sources=("${names[@]/#/$lib/}")
emcc -O3 -mbulk-memory -msimd128 -msse2 -DNDEBUG -DMUTEX_stub -Wno-implicit-const-int-float-conversion -I "$here" -I "$lib" \
  "$here/decode.c" "$here/encode.c" "${sources[@]/%/.c}" -o "$here/openjpeg.wasm" \
  -s STANDALONE_WASM=1 --no-entry -s ALLOW_MEMORY_GROWTH=1 -s MAXIMUM_MEMORY=1GB -s TOTAL_STACK=1MB -s FILESYSTEM=0 \
  -s ERROR_ON_UNDEFINED_SYMBOLS=0 -s MALLOC=dlmalloc
chmod 644 "$here/openjpeg.wasm"
mkdir -p "$here/licences"
cp LICENSE "$here/licences/openjpeg.txt"
cd "$here"
sha256sum openjpeg.wasm > openjpeg.wasm.sha256
printf 'OpenJPEG, Debian source package openjpeg2 %s, with %s\n%s\n' \
  "$(cd "$work"/openjpeg2-*/ && dpkg-parsechangelog -S Version)" "${patches[*]}" "$(emcc --version | head -1)" > VERSION
