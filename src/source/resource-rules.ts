/** What the operating system, or C, holds for a program until it is given back. */
export type ResourceKind = "file" | "socket" | "descriptor" | "mapping" | "c-memory" | "plugin";

/** Calls that acquire a resource, and those that give it back. */
export interface ResourceRule {
  kind: ResourceKind;
  /** Functions by import path and name. */
  acquire: RegExp;
  /** Methods of the result. */
  releaseMethods: readonly string[];
  /** Functions that take it. */
  releaseFunctions: RegExp | undefined;
  /** The name says too little: only where the result is used as a pointer. */
  onlyPointers?: boolean;
}

const CLOSE = ["Close"];
const CLOSE_DESCRIPTOR = /^(?:syscall|golang\.org\/x\/sys\/(?:unix|windows))\.Close$/;
const SYSTEM = String.raw`^(?:syscall|golang\.org/x/sys/unix)\.`;

const C_RELEASE = /^C\.\w*(?:free|destroy|delete|close|release|dispose|unref|deinit|fini|drop|cleanup)\w*$/i;

/**
 * By the documentation of os, net, syscall, golang.org/x/sys/unix, plugin and cmd/cgo. os.File and net's connections
 * carry a finalizer that closes them when they are unreachable; what syscall gives is a plain number, never closed.
 */
export const RESOURCE_RULES: readonly ResourceRule[] = [
  {
    kind: "file",
    acquire: /^os\.(?:Open|OpenFile|Create|CreateTemp|OpenInRoot|NewFile)$|^io\/ioutil\.TempFile$/,
    releaseMethods: CLOSE,
    releaseFunctions: undefined,
  },
  {
    kind: "file",
    acquire: new RegExp(`${SYSTEM}(?:Open|Openat|Openat2|Creat)$`),
    releaseMethods: [],
    releaseFunctions: CLOSE_DESCRIPTOR,
  },
  {
    kind: "socket",
    acquire:
      /^net\.(?:Dial|DialTimeout|DialTCP|DialUDP|DialUnix|DialIP|Listen|ListenTCP|ListenUDP|ListenUnix|ListenPacket)$|^crypto\/tls\.(?:Dial|DialWithDialer)$/,
    releaseMethods: CLOSE,
    releaseFunctions: undefined,
  },
  {
    kind: "socket",
    acquire: new RegExp(`${SYSTEM}(?:Socket|Socketpair|Accept|Accept4)$`),
    releaseMethods: [],
    releaseFunctions: CLOSE_DESCRIPTOR,
  },
  {
    kind: "descriptor",
    acquire: new RegExp(
      `${SYSTEM}(?:Dup|Dup2|Dup3|EpollCreate|EpollCreate1|InotifyInit|InotifyInit1|MemfdCreate|Eventfd|TimerfdCreate|Signalfd|PidfdOpen|PerfEventOpen|FanotifyInit|Pipe|Pipe2)$`,
    ),
    releaseMethods: [],
    releaseFunctions: CLOSE_DESCRIPTOR,
  },
  { kind: "descriptor", acquire: /^os\.Pipe$/, releaseMethods: CLOSE, releaseFunctions: undefined },
  {
    kind: "mapping",
    acquire: new RegExp(`${SYSTEM}(?:Mmap|MmapPtr)$`),
    releaseMethods: [],
    releaseFunctions: new RegExp(`${SYSTEM}(?:Munmap|MunmapPtr)$`),
  },
  {
    kind: "mapping",
    acquire: /^(?:golang\.org\/x\/exp\/mmap\.Open|github\.com\/edsrzf\/mmap-go\.(?:Map|MapRegion))$/,
    releaseMethods: ["Close", "Unmap"],
    releaseFunctions: undefined,
  },
  {
    kind: "c-memory",
    acquire: /^C\.(?:malloc|calloc|realloc|reallocarray|aligned_alloc|strdup|strndup|CString|CBytes)$/,
    releaseMethods: [],
    releaseFunctions: C_RELEASE,
  },
  {
    // Most C libraries return an object of their own that has to be handed back: any pointer may be one.
    kind: "c-memory",
    acquire:
      /^C\.(?!(?:Go(?:String|StringN|Bytes)|\w*(?:free|destroy|get|find|peek|name|error)\w*)$)[A-Za-z]\w*$/i,
    releaseMethods: [],
    releaseFunctions: C_RELEASE,
    onlyPointers: true,
  },
  { kind: "plugin", acquire: /^plugin\.Open$/, releaseMethods: [], releaseFunctions: undefined },
];
