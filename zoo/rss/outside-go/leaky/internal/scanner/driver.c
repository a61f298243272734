#define _GNU_SOURCE
#include "driver.h"

#include <pthread.h>
#include <string.h>

enum { SLOTS = 4096 };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static unsigned char watching[SLOTS];

/* Keeps the scanner's light on until the parcel is let go. */
static void *watch(void *argument) {
	volatile unsigned char frame[48 * 1024];
	int slot = (int)(long)argument;
	memset((void *)frame, slot, sizeof frame);
	pthread_mutex_lock(&lock);
	while (watching[slot]) pthread_cond_wait(&changed, &lock);
	pthread_mutex_unlock(&lock);
	return NULL;
}

int driver_watch(int parcel) {
	int slot = parcel % SLOTS;
	pthread_mutex_lock(&lock);
	watching[slot] = 1;
	pthread_mutex_unlock(&lock);
	pthread_attr_t attributes;
	pthread_attr_init(&attributes);
	pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
	pthread_t thread;
	int failed = pthread_create(&thread, &attributes, watch, (void *)(long)slot);
	pthread_attr_destroy(&attributes);
	return failed;
}

int driver_read(int parcel) { return parcel * 7919 % 100000; }

void driver_unwatch(int parcel) {
	pthread_mutex_lock(&lock);
	watching[parcel % SLOTS] = 0;
	pthread_cond_broadcast(&changed);
	pthread_mutex_unlock(&lock);
}
