#ifndef RENDER_H
#define RENDER_H

#include <stddef.h>

typedef struct {
	size_t size;
	unsigned char *pixels;
} label_bitmap;

label_bitmap *label_render(const char *name, const char *zip);
unsigned label_checksum(const label_bitmap *bitmap);
void label_free(label_bitmap *bitmap);

#endif
