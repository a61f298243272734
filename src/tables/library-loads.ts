/** One shared object that the dynamic linker initialised, as often as it did. */
export interface LibraryLoad {
  path: string;
  /** "calling init": once for each load that was not undone before. */
  inits: number;
  /** "calling fini" while the program still ran. */
  finis: number;
  /** Loaded by the program itself (dlopen, plugin.Open), not on its way to main. */
  afterStart: boolean;
}

/** What `LD_DEBUG=libs` tells of one process, in order of the first load. */
export interface LibraryLoads {
  pid: number;
  libraries: LibraryLoad[];
  /** Distinct objects loaded by the program itself, also those beyond what `libraries` keeps. */
  loadedAfterStart: number;
}
