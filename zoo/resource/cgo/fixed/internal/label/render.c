#include "render.h"

#include <stdlib.h>
#include <string.h>

label_bitmap *label_render(const char *name, const char *zip) {
	label_bitmap *bitmap = malloc(sizeof *bitmap);
	if (bitmap == NULL) return NULL;
	bitmap->size = 12000;
	bitmap->pixels = malloc(bitmap->size);
	if (bitmap->pixels == NULL) {
		free(bitmap);
		return NULL;
	}
	memset(bitmap->pixels, 0xff, bitmap->size);
	size_t at = 0;
	for (const char *c = name; *c != 0 && at < bitmap->size; c++) bitmap->pixels[at++] = (unsigned char)*c;
	for (const char *c = zip; *c != 0 && at < bitmap->size; c++) bitmap->pixels[at++] = (unsigned char)*c;
	return bitmap;
}

unsigned label_checksum(const label_bitmap *bitmap) {
	unsigned sum = 2166136261u;
	for (size_t i = 0; i < bitmap->size; i++) sum = (sum ^ bitmap->pixels[i]) * 16777619u;
	return sum;
}

void label_free(label_bitmap *bitmap) {
	if (bitmap == NULL) return;
	free(bitmap->pixels);
	free(bitmap);
}
