/*
 * Decodes one area of one JPEG 2000 codestream, whose bytes the host gives as they are asked for. One call does it all:
 * nothing is kept between calls but the result, until the next call or `release`.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "glue.h"
#include "openjpeg.h"

typedef struct {
  double position, size;
} source_t;

/** What to decode, as the host lays it out in memory: 32-bit integers in this order. */
typedef struct {
  uint32_t reduction, layers;
  /** On the reference grid. */
  int32_t left, top, right, bottom;
  /** The samples wanted, in those of the base component at this reduction. */
  int32_t x, y, width, height;
  /** Reference grid points per sample of the base component. */
  int32_t step_x, step_y;
  /** 8 or 16. */
  uint32_t bits;
  /** Whether samples fill the range of `bits`; indices of a palette do not. */
  uint32_t is_widened;
  /** The components wanted, in their order. */
  uint32_t count;
  uint32_t components[];
} request_t;

static uint8_t *output = NULL;

static OPJ_SIZE_T read_source(void *target, OPJ_SIZE_T length, void *user) {
  source_t *source = user;
  double left = source->size - source->position;
  if (left <= 0) return (OPJ_SIZE_T)-1;
  if ((double)length > left) length = (OPJ_SIZE_T)left;
  int32_t count = host_read(source->position, target, (uint32_t)length);
  if (count <= 0) return (OPJ_SIZE_T)-1;
  source->position += count;
  return (OPJ_SIZE_T)count;
}

static OPJ_OFF_T skip_source(OPJ_OFF_T length, void *user) {
  source_t *source = user;
  if (length < 0 || source->position + (double)length > source->size) return -1;
  source->position += (double)length;
  return length;
}

static OPJ_BOOL seek_source(OPJ_OFF_T position, void *user) {
  source_t *source = user;
  if (position < 0 || (double)position > source->size) return OPJ_FALSE;
  source->position = (double)position;
  return OPJ_TRUE;
}

static opj_stream_t *open_stream(source_t *source, uint32_t buffer_length) {
  opj_stream_t *stream = opj_stream_create(buffer_length, OPJ_TRUE);
  if (!stream) return NULL;
  opj_stream_set_user_data(stream, source, NULL);
  opj_stream_set_user_data_length(stream, (OPJ_UINT64)source->size);
  opj_stream_set_read_function(stream, read_source);
  opj_stream_set_skip_function(stream, skip_source);
  opj_stream_set_seek_function(stream, seek_source);
  return stream;
}

static opj_codec_t *open_codec(const request_t *request) {
  opj_codec_t *codec = opj_create_decompress(OPJ_CODEC_J2K);
  if (!codec) return NULL;
  opj_set_error_handler(codec, tell_host, NULL);
  opj_set_warning_handler(codec, tell_host, NULL);
  opj_dparameters_t parameters;
  opj_set_default_decoder_parameters(&parameters);
  parameters.cp_reduce = request->reduction;
  parameters.cp_layer = request->layers;
  if (opj_setup_decoder(codec, &parameters) && opj_decoder_set_strict_mode(codec, OPJ_TRUE)) return codec;
  opj_destroy_codec(codec);
  return NULL;
}

/** Makes a sample one of `bits` bits by repeating its own bits below. */
static uint32_t widen(uint32_t value, uint32_t precision, uint32_t bits) {
  uint32_t wide = value << (bits - precision);
  for (uint32_t shift = precision; shift < bits; shift *= 2) wide |= wide >> shift;
  return wide;
}

static uint32_t convert(int64_t stored, const opj_image_comp_t *component, const request_t *request) {
  uint32_t precision = component->prec;
  int64_t value = stored + (component->sgnd ? (int64_t)1 << (precision - 1) : 0);
  int64_t largest = ((int64_t)1 << precision) - 1;
  uint32_t sample = (uint32_t)(value < 0 ? 0 : value > largest ? largest : value);
  if (precision > request->bits) return sample >> (precision - request->bits);
  return request->is_widened && precision < request->bits ? widen(sample, precision, request->bits) : sample;
}

/** Which stored sample stands for sample `at` of the base component. */
static uint32_t locate(int32_t at, int32_t step, uint32_t component_step, int64_t start, uint32_t length) {
  int64_t place = (int64_t)at * step / component_step - start;
  return place < 0 ? 0 : place >= length ? length - 1 : (uint32_t)place;
}

static int64_t reduced(uint32_t start, uint32_t reduction) {
  return ((int64_t)start + ((int64_t)1 << reduction) - 1) >> reduction;
}

static void write_component(const opj_image_comp_t *component, uint32_t band, const request_t *request) {
  int64_t start_x = reduced(component->x0, request->reduction), start_y = reduced(component->y0, request->reduction);
  uint32_t columns[request->width];
  for (int32_t x = 0; x < request->width; x++) {
    columns[x] = locate(request->x + x, request->step_x, component->dx, start_x, component->w);
  }
  uint8_t *bytes = output + band;
  uint16_t *words = (uint16_t *)output + band;
  for (int32_t y = 0; y < request->height; y++) {
    uint32_t row = locate(request->y + y, request->step_y, component->dy, start_y, component->h);
    const OPJ_INT32 *samples = component->data + (size_t)row * component->w;
    if (request->bits == 8 && component->prec == 8 && !component->sgnd) {
      for (int32_t x = 0; x < request->width; x++, bytes += request->count) {
        int32_t sample = samples[columns[x]];
        *bytes = (uint8_t)(sample < 0 ? 0 : sample > 255 ? 255 : sample);
      }
      continue;
    }
    for (int32_t x = 0; x < request->width; x++) {
      uint32_t sample = convert(samples[columns[x]], component, request);
      if (request->bits == 8) *bytes = (uint8_t)sample;
      else *words = (uint16_t)sample;
      bytes += request->count;
      words += request->count;
    }
  }
}

static enum status write_output(const opj_image_t *image, const request_t *request) {
  size_t length = (size_t)request->width * request->height * request->count * (request->bits / 8);
  output = malloc(length);
  if (!output) return OUT_OF_MEMORY;
  for (uint32_t band = 0; band < request->count; band++) {
    if (request->components[band] >= image->numcomps) return OTHER_IMAGE;
    const opj_image_comp_t *component = &image->comps[request->components[band]];
    if (!component->data || component->w == 0 || component->h == 0) return OTHER_IMAGE;
    write_component(component, band, request);
  }
  return DONE;
}

static enum status decode_into(opj_codec_t *codec, opj_stream_t *stream, const request_t *request) {
  opj_image_t *image = NULL;
  enum status status = NOT_READ;
  if (opj_read_header(stream, codec, &image)) {
    status = NOT_DECODED;
    if (opj_set_decode_area(codec, image, request->left, request->top, request->right, request->bottom) &&
        opj_decode(codec, stream, image)) {
      status = write_output(image, request);
    }
  }
  opj_image_destroy(image);
  return status;
}

/** Gives up the last result. */
EXPORT(release) void release(void) {
  free(output);
  output = NULL;
}

/** The pixels of the last decoding, interleaved; until the next. */
EXPORT(pixels) const uint8_t *pixels(void) { return output; }

/** @param size - length of the codestream in bytes */
EXPORT(decode) enum status decode(double size, const request_t *request, uint32_t buffer_length) {
  release();
  source_t source = {0, size};
  opj_codec_t *codec = open_codec(request);
  opj_stream_t *stream = open_stream(&source, buffer_length);
  enum status status = codec && stream ? decode_into(codec, stream, request) : OUT_OF_MEMORY;
  if (stream) opj_stream_destroy(stream);
  if (codec) opj_destroy_codec(codec);
  return status;
}
