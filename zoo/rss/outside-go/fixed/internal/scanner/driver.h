#ifndef DRIVER_H
#define DRIVER_H

int driver_watch(int parcel);
int driver_read(int parcel);
void driver_unwatch(int parcel);

#endif
