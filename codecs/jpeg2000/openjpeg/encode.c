/* Encodes pixels as a JP2 file, and what the two halves of the module share. */
#include <stdint.h>
#include <stdlib.h>

#include "glue.h"
#include "openjpeg.h"

/** Larger pictures are encoded in tiles, which takes less memory. */
#define LARGEST_TILE 2048
#define TILE 1024

typedef struct {
  double position;
} target_t;

/** What to encode, as the host lays it out in memory: 32-bit integers in this order. */
typedef struct {
  uint32_t width, height, bands;
  /** 8 or 16. */
  uint32_t bits;
  uint32_t has_alpha;
  uint32_t resolutions;
  /** Signal to noise in hundredths of a decibel; 0 for lossless. */
  uint32_t quality;
} picture_t;

void tell_host(const char *message, void *user) {
  (void)user;
  host_log(message);
}

EXPORT(allocate) void *allocate(uint32_t length) { return malloc(length); }
EXPORT(discard) void discard(void *memory) { free(memory); }
EXPORT(version) const char *version(void) { return opj_version(); }

static OPJ_SIZE_T write_target(void *bytes, OPJ_SIZE_T length, void *user) {
  target_t *target = user;
  host_write(target->position, bytes, (uint32_t)length);
  target->position += (double)length;
  return length;
}

static OPJ_OFF_T skip_target(OPJ_OFF_T length, void *user) {
  ((target_t *)user)->position += (double)length;
  return length;
}

static OPJ_BOOL seek_target(OPJ_OFF_T position, void *user) {
  ((target_t *)user)->position = (double)position;
  return OPJ_TRUE;
}

static opj_image_t *create_image(const picture_t *picture, const uint8_t *pixels) {
  opj_image_cmptparm_t parameters[4] = {0};
  uint32_t bands = picture->bands;
  for (uint32_t band = 0; band < bands; band++) {
    parameters[band].dx = parameters[band].dy = 1;
    parameters[band].w = picture->width;
    parameters[band].h = picture->height;
    parameters[band].prec = picture->bits;
  }
  opj_image_t *image = opj_image_create(bands, parameters, bands < 3 ? OPJ_CLRSPC_GRAY : OPJ_CLRSPC_SRGB);
  if (!image) return NULL;
  image->x1 = picture->width;
  image->y1 = picture->height;
  if (picture->has_alpha) image->comps[bands - 1].alpha = 1;
  size_t count = (size_t)picture->width * picture->height;
  for (uint32_t band = 0; band < bands; band++) {
    OPJ_INT32 *samples = image->comps[band].data;
    if (picture->bits == 8) for (size_t at = 0; at < count; at++) samples[at] = pixels[at * bands + band];
    else for (size_t at = 0; at < count; at++) samples[at] = ((const uint16_t *)pixels)[at * bands + band];
  }
  return image;
}

static void set_parameters(opj_cparameters_t *parameters, const picture_t *picture) {
  opj_set_default_encoder_parameters(parameters);
  parameters->tcp_numlayers = 1;
  parameters->numresolution = (int)picture->resolutions;
  parameters->prog_order = OPJ_RPCL;
  if (picture->width > LARGEST_TILE || picture->height > LARGEST_TILE) {
    parameters->tile_size_on = OPJ_TRUE;
    parameters->cp_tdx = parameters->cp_tdy = TILE;
  }
  parameters->tcp_mct = picture->bands >= 3;
  if (picture->quality > 0) {
    parameters->irreversible = 1;
    parameters->cp_fixed_quality = 1;
    parameters->tcp_distoratio[0] = (float)picture->quality / 100.0f;
  } else {
    parameters->cp_disto_alloc = 1;
  }
}

static enum status encode_image(opj_codec_t *codec, opj_stream_t *stream, opj_image_t *image, const picture_t *picture) {
  opj_cparameters_t parameters;
  set_parameters(&parameters, picture);
  opj_set_error_handler(codec, tell_host, NULL);
  int is_done = opj_setup_encoder(codec, &parameters, image) && opj_start_compress(codec, image, stream) &&
                opj_encode(codec, stream) && opj_end_compress(codec, stream);
  return is_done ? DONE : NOT_ENCODED;
}

/** Gives the file to the host piece by piece. */
EXPORT(encode) enum status encode(const picture_t *picture, const uint8_t *pixels) {
  target_t target = {0};
  opj_image_t *image = create_image(picture, pixels);
  opj_codec_t *codec = opj_create_compress(OPJ_CODEC_JP2);
  opj_stream_t *stream = opj_stream_create(1 << 16, OPJ_FALSE);
  enum status status = OUT_OF_MEMORY;
  if (image && codec && stream) {
    opj_stream_set_user_data(stream, &target, NULL);
    opj_stream_set_write_function(stream, write_target);
    opj_stream_set_skip_function(stream, skip_target);
    opj_stream_set_seek_function(stream, seek_target);
    status = encode_image(codec, stream, image, picture);
  }
  if (stream) opj_stream_destroy(stream);
  if (codec) opj_destroy_codec(codec);
  opj_image_destroy(image);
  return status;
}
