#!/usr/bin/env bash
# Builds kernels.wasm from our C files and from libraries in Debian's source packages.
#
#   codecs/kernels/build.sh
#
# Needs: apt-get install clang lld patch. Nothing of the system is changed: the entry for source packages and their lists live in a
# temporary folder. A new kernel is a C file in this folder and a name in load-kernels.ts.
set -euo pipefail
cd "$(dirname "$0")"
HERE=$PWD
SUITE=trixie
WORK=$(mktemp -d "${TMPDIR:-/tmp}/mezzotint-kernels.XXXXXX")
trap 'rm -rf "$WORK"' EXIT

FLAGS=(--target=wasm32 -O3 -msimd128 -mbulk-memory -msign-ext -mnontrapping-fptoint -DNDEBUG -nostdlib
  -Wall -Wextra -Werror -I"$HERE" -I"$HERE/libc")

# sources PACKAGE...: the libraries as their authors published them, checked against sources.sha256
sources() {
  mkdir -p "$WORK/lists/partial" "$WORK/entries"
  cat > "$WORK/entries/debian.sources" <<ENTRY
Types: deb-src
URIs: http://deb.debian.org/debian
Suites: $SUITE
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg
ENTRY
  local options=(-qq -o Dir::Etc::sourcelist=/dev/null -o Dir::Etc::sourceparts="$WORK/entries" -o Dir::State::lists="$WORK/lists"
    -o APT::Sandbox::User=root)
  apt-get update "${options[@]}"
  (cd "$WORK" && apt-get source --download-only --tar-only "${options[@]}" "$@" && sha256sum --check --quiet "$HERE/sources.sha256")
  local package
  for package in "$@"; do
    mkdir "$WORK/$package"
    tar xf "$WORK/${package}"_*.orig.tar.* -C "$WORK/$package" --strip-components=1
  done
  cat "$HERE"/patches/*.patch | patch -d "$WORK" -p1 --quiet
}

# compile SOURCE [FLAG...]
compile() {
  clang "${FLAGS[@]}" "${@:2}" -c "$1" -o "$WORK/objects/$(basename "$1" .c).o"
}

sources libdeflate libwebp libzstd
mkdir "$WORK/objects"
for kernel in *.c; do compile "$kernel" -isystem "$WORK" -isystem "$WORK/libdeflate"; done

zstd=$WORK/libzstd/lib
for file in "$zstd"/common/{entropy_common,error_private,fse_decompress,zstd_common,xxhash}.c "$zstd"/decompress/*.c; do
  compile "$file" -w -DZSTD_DISABLE_ASM -DZSTD_LEGACY_SUPPORT=0
done

webp=$WORK/libwebp
for file in "$webp"/src/dec/*.c "$webp"/src/dsp/{alpha_processing,cpu,dec,dec_clip_tables,filters,lossless,rescaler,upsampling,yuv}.c \
  "$webp"/src/utils/{bit_reader,color_cache,filters,huffman,quant_levels_dec,random,rescaler,thread}_utils.c \
  "$webp"/src/utils/{palette,utils}.c; do
  compile "$file" -w -I"$webp"
done

wasm-ld --no-entry --strip-all --gc-sections --stack-first -z stack-size=131072 --max-memory=1073741824 "$WORK"/objects/*.o -o kernels.wasm
chmod 644 kernels.wasm
sha256sum kernels.wasm > kernels.wasm.sha256
cat kernels.wasm.sha256
