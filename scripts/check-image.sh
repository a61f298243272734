#!/usr/bin/env bash
# Runs the image as a cluster would (an OCI runtime, user 65532, read-only root, no capability, its own pid namespace) and
# looks whether it works: version, check-config, a patrol on 127.0.0.1:19464 with /healthz, /readyz, /metrics, SIGHUP,
# SIGTERM. Needs root, buildah, runc and python3. BASE_IMAGE: pulled by nobody, if the base is already there.
#   BUILDAH_ISOLATION=chroot scripts/check-image.sh [IMAGE]     builds the Dockerfile without IMAGE
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
image=${1:-}
if [ -z "$image" ]; then
  image=localhost/gopatrol:check
  buildah bud --pull=ifmissing --network host -t "$image" "$root"
fi
work=$(mktemp -d)
container=$(buildah from --pull-never "$image")
running=
cleanup() {
  [ -z "$running" ] || { runc kill "$running" KILL 2>/dev/null || true; runc delete -f "$running" 2>/dev/null || true; }
  buildah umount "$container" >/dev/null || true
  buildah rm "$container" >/dev/null || true
  rm -rf "$work"
}
trap cleanup EXIT
fail() { echo "FAILED: $*" >&2; [ ! -f "$work/log" ] || tail -5 "$work/log" >&2; exit 1; }

mkdir -m 755 "$work/config" "$work/bundle"
install -d -o 65532 -g 65532 -m 700 "$work/state"
chmod 755 "$work"
cat >"$work/config/gopatrol.toml" <<'TOML'
name = "image"
[server]
port = 19464
[store]
dir = "/var/lib/gopatrol"
[precheck]
min_free_disk = 0.01
[[targets]]
id = "itself"
address = "http://127.0.0.1:19464/healthz"
default_checks = false
checks = ["alive"]
[[checks]]
name = "alive"
kind = "http"
interval = "2s"
timeout = "900ms"
retries = 0
TOML
chmod 644 "$work/config/gopatrol.toml"
buildah inspect --type image "$image" >"$work/image.json"

# What Docker, containerd or CRI-O make of the image and of deploy/kubernetes. Arguments: those of gopatrol; none: the image's own.
write_bundle() {
  python3 - "$work" "$(buildah mount "$container")" "$@" <<'PYTHON'
import json, sys
work, root, *args = sys.argv[1:]
image = json.load(open(work + "/image.json"))["OCIv1"]["config"]
uid, gid = map(int, image["User"].split(":"))
bind = lambda place, source, mode: {"destination": place, "type": "bind", "source": source, "options": ["rbind", mode]}
tmpfs = lambda place, mode: {"destination": place, "type": "tmpfs", "source": "tmpfs", "options": ["nosuid", "mode=" + mode, "size=64m"]}
json.dump({
    "ociVersion": "1.0.2",
    "process": {
        "user": {"uid": uid, "gid": gid}, "args": image["Entrypoint"] + (args or image["Cmd"]),
        "env": image["Env"], "cwd": image.get("WorkingDir") or "/", "noNewPrivileges": True,
        "capabilities": {kind: [] for kind in ("bounding", "effective", "permitted", "inheritable", "ambient")},
    },
    "root": {"path": root, "readonly": True},
    "mounts": [
        {"destination": "/proc", "type": "proc", "source": "proc"}, tmpfs("/dev", "755"), tmpfs("/tmp", "1777"),
        bind("/etc/gopatrol", work + "/config", "ro"), bind("/var/lib/gopatrol", work + "/state", "rw"),
    ],
    "linux": {"namespaces": [{"type": kind} for kind in ("pid", "ipc", "uts", "mount")]},
}, open(work + "/bundle/config.json", "w"))
PYTHON
}
run() { write_bundle "$@"; runc run -b "$work/bundle" "gopatrol-check-$$"; }

echo "version $(run --version)"
run patrol check-config /etc/gopatrol/gopatrol.toml

write_bundle
running=gopatrol-check-$$
runc run -b "$work/bundle" "$running" >"$work/log" 2>&1 &
job=$!
for _ in $(seq 60); do
  curl -fsS -o "$work/metrics" http://127.0.0.1:19464/metrics 2>/dev/null &&
    grep -q 'gopatrol_runs_total{.*outcome="passed"} [1-9]' "$work/metrics" && break
  sleep 1
done
grep -q 'outcome="passed"} [1-9]' "$work/metrics" || fail "no run has passed"
for probe in healthz readyz; do curl -fsS "http://127.0.0.1:19464/$probe" >/dev/null || fail "/$probe"; done
pid=$(runc state "$running" | python3 -c 'import json, sys; print(json.load(sys.stdin)["pid"])')
grep -Eq '^Uid:\s+65532\s' "/proc/$pid/status" || fail "its user"
grep -Eq '^CapBnd:\s+0+$' "/proc/$pid/status" || fail "its capabilities"
if runc exec "$running" /bin/sh -c 'touch /opt/gopatrol/x' 2>/dev/null; then fail "its root is writable"; fi
runc exec "$running" /usr/local/bin/gopatrol patrol status -c /etc/gopatrol/gopatrol.toml
runc kill "$running" HUP
for _ in $(seq 20); do grep -q 'configuration was reloaded' "$work/log" && break; sleep 0.5; done
grep -q 'configuration was reloaded' "$work/log" || fail "SIGHUP"
runc kill "$running" TERM
code=0
wait "$job" || code=$?
running=
[ "$code" = 0 ] || fail "SIGTERM: exit code $code"
grep -q '"msg":"the patrol ends"' "$work/log" || fail "SIGTERM: it did not say that it ends"
echo "SIGHUP reloads, SIGTERM ends it with 0"
echo "gopatrol in the image: $(du -sm "$(buildah mount "$container")/opt/gopatrol" | cut -f1) MB"
