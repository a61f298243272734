"""Runs the ClickHouse that is inside libchdb.so as a server, for as long as standard input is open.

libchdb's exported chdb_query_cmdline runs `clickhouse local`, whose SYSTEM START LISTEN starts the real HTTP and TCP
handlers. The last query reads standard input to its end, so the server ends with the process that started it.
Arguments: library, configuration, data folder, HTTP port, TCP port.
"""

import ctypes
import os
import sys
import threading

library, config, data, http, tcp = sys.argv[1:6]

# ClickHouse opens /dev/stdin by name, which fails on the socket pair that Node gives a child: hand it a true pipe that
# closes when our standard input does.
outer, (read_end, write_end) = os.dup(0), os.pipe()
os.dup2(read_end, 0)


def follow_parent():
    while os.read(outer, 4096):
        pass
    os.close(write_end)


threading.Thread(target=follow_parent, daemon=True).start()

lib = ctypes.CDLL(library)
lib.chdb_query_cmdline.restype = ctypes.c_void_p
lib.chdb_result_error.restype = ctypes.c_char_p
lib.chdb_result_error.argtypes = [ctypes.c_void_p]
arguments = [
    "clickhouse",
    f"--config-file={config}",
    f"--path={data}",
    "--listen_host=127.0.0.1",
    f"--http_port={http}",
    f"--tcp_port={tcp}",
    "--query",
    "SYSTEM START LISTEN HTTP; SYSTEM START LISTEN TCP; SELECT count() FROM file('/dev/stdin', LineAsString)",
]
argv = (ctypes.c_char_p * len(arguments))(*[each.encode() for each in arguments])
result = lib.chdb_query_cmdline(len(arguments), argv)
error = lib.chdb_result_error(result) if result else None
sys.exit(error.decode() if error else 0)
