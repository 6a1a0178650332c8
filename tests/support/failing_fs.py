"""A file system that fails: passes all on to a directory, and fails while a file says so.

    failing_fs.py MOUNT BACKING FAULT

FAULT, while it exists, holds a number of an error (5: EIO, 116: ESTALE) and a word: `writes` fails what changes
something, `all` also what looks up, lists and reads. Speaks the kernel's protocol itself (linux/fuse.h); as root.
"""

import ctypes
import errno
import os
import stat
import struct
import sys

LOOKUP, FORGET, GETATTR, SETATTR, READLINK, SYMLINK, MKNOD, MKDIR = 1, 2, 3, 4, 5, 6, 8, 9
UNLINK, RMDIR, RENAME, LINK, OPEN, READ, WRITE, STATFS, RELEASE = 10, 11, 12, 13, 14, 15, 16, 17, 18
FSYNC, FLUSH, INIT, OPENDIR, READDIR, RELEASEDIR, FSYNCDIR = 20, 25, 26, 27, 28, 29, 30
CREATE, INTERRUPT, DESTROY, BATCH_FORGET, RENAME2 = 35, 36, 38, 42, 45

CHANGES = {SETATTR, SYMLINK, MKNOD, MKDIR, UNLINK, RMDIR, RENAME, RENAME2, LINK, WRITE, FSYNC, FSYNCDIR, CREATE}
READS = {LOOKUP, GETATTR, READLINK, OPEN, READ, OPENDIR, READDIR}

FAULT = sys.argv[3]
HEADER = struct.Struct("<IIQQIIII")
NO_REPLY = object()


class Backing:
    """The nodes that the kernel knows, each with a descriptor of the file behind it."""

    def __init__(self, root):
        self.descriptors = {1: os.open(root, os.O_PATH)}
        self.numbers = {}
        self.counts = {}
        self.open = {}
        self.next = 2

    def path(self, node):
        return f"/proc/self/fd/{self.descriptors[node]}"

    def entry(self, parent, name):
        descriptor = os.open(name, os.O_PATH | os.O_NOFOLLOW, dir_fd=self.descriptors[parent])
        status = os.fstat(descriptor)
        node = self.numbers.get(status.st_ino)
        if node is None:
            node, self.next = self.next, self.next + 1
            self.numbers[status.st_ino], self.descriptors[node] = node, descriptor
        else:
            os.close(descriptor)
        self.counts[node] = self.counts.get(node, 0) + 1
        # Nothing is remembered: neither the name nor the attributes.
        return struct.pack("<QQQQII", node, 0, 0, 0, 0, 0) + attributes(status)

    def forget(self, node, count):
        self.counts[node] = self.counts.get(node, 0) - count
        if node != 1 and self.counts[node] <= 0:
            descriptor = self.descriptors.pop(node)
            del self.numbers[os.fstat(descriptor).st_ino], self.counts[node]
            os.close(descriptor)

    def keep(self, value):
        handle, self.next = self.next, self.next + 1
        self.open[handle] = value
        # 1: what is read and written goes to this program, and to no cache.
        return struct.pack("<QII", handle, 1, 0)


def attributes(status):
    times = [int(status.st_atime), int(status.st_mtime), int(status.st_ctime)]
    parts = [ns % 10**9 for ns in (status.st_atime_ns, status.st_mtime_ns, status.st_ctime_ns)]
    return struct.pack(
        "<QQQQQQIIIIIIIIII", status.st_ino, status.st_size, status.st_blocks, *times, *parts,
        status.st_mode, status.st_nlink, status.st_uid, status.st_gid, status.st_rdev, 4096, 0,
    )


def names(data):
    return data.split(b"\0")


def set_attributes(backing, node, data):
    valid, _, handle, size, _, atime, mtime, _, atimens, mtimens, _, mode, _, uid, gid, _ = struct.unpack_from(
        "<IIQQQQQQIIIIIIII", data
    )
    path = backing.path(node)
    if valid & 1:
        os.chmod(path, mode & 0o7777)
    if valid & 6:
        os.chown(path, uid if valid & 2 else -1, gid if valid & 4 else -1)
    if valid & 8:
        os.truncate(path, size)
    if valid & (16 | 32):
        now = os.stat(path)
        import time
        given = lambda seconds, part, to_now: time.time_ns() if to_now else seconds * 10**9 + part
        at = given(atime, atimens, valid & 128) if valid & 16 else now.st_atime_ns
        mt = given(mtime, mtimens, valid & 256) if valid & 32 else now.st_mtime_ns
        os.utime(path, ns=(at, mt))
    return struct.pack("<QII", 0, 0, 0) + attributes(os.stat(path))


def listing(backing, handle, offset, size):
    entries, out = backing.open[handle], b""
    for at, (name, number, kind) in enumerate(entries[offset:], offset + 1):
        entry = struct.pack("<QQII", number, at, len(name), kind) + name
        entry += b"\0" * (-len(entry) % 8)
        if len(out) + len(entry) > size:
            break
        out += entry
    return out


def entries(backing, node):
    with os.scandir(backing.path(node)) as found:
        return [(os.fsencode(it.name), it.inode(), stat.S_IFMT(it.stat(follow_symlinks=False).st_mode) >> 12) for it in found]


def answer(backing, op, node, data):
    if op == INIT:
        return struct.pack("<IIIIHHIIHHI28x", 7, 31, 65536, 0, 16, 12, 131072, 1, 0, 0, 0)
    if op == FORGET:
        backing.forget(node, struct.unpack_from("<Q", data)[0])
        return NO_REPLY
    if op == BATCH_FORGET:
        for at in range(struct.unpack_from("<I", data)[0]):
            backing.forget(*struct.unpack_from("<QQ", data, 8 + 16 * at))
        return NO_REPLY
    if op == INTERRUPT:
        return NO_REPLY
    directory = backing.descriptors[node] if node else None
    if op == LOOKUP:
        return backing.entry(node, names(data)[0])
    if op == GETATTR:
        return struct.pack("<QII", 0, 0, 0) + attributes(os.fstat(directory))
    if op == SETATTR:
        return set_attributes(backing, node, data)
    if op == READLINK:
        return os.fsencode(os.readlink(b"", dir_fd=directory))
    if op == SYMLINK:
        name, target = names(data)[:2]
        os.symlink(target, name, dir_fd=directory)
        return backing.entry(node, name)
    if op == MKDIR:
        mode, mask = struct.unpack_from("<II", data)
        os.mkdir(names(data[8:])[0], mode & ~mask, dir_fd=directory)
        return backing.entry(node, names(data[8:])[0])
    if op in (UNLINK, RMDIR):
        (os.unlink if op == UNLINK else os.rmdir)(names(data)[0], dir_fd=directory)
        return b""
    if op in (RENAME, RENAME2):
        skipped = 8 if op == RENAME else 16
        old, new = names(data[skipped:])[:2]
        target = backing.descriptors[struct.unpack_from("<Q", data)[0]]
        if op == RENAME2 and struct.unpack_from("<I", data, 8)[0]:
            raise OSError(errno.EINVAL, "flags")
        os.rename(old, new, src_dir_fd=directory, dst_dir_fd=target)
        return b""
    if op == LINK:
        old, name = backing.path(struct.unpack_from("<Q", data)[0]), names(data[8:])[0]
        os.link(old, name, dst_dir_fd=directory, follow_symlinks=True)
        return backing.entry(node, name)
    if op == OPEN:
        flags = struct.unpack_from("<I", data)[0] & ~(os.O_CREAT | os.O_EXCL | os.O_APPEND)
        return backing.keep(os.open(backing.path(node), flags & ~os.O_NOFOLLOW))
    if op == CREATE:
        flags, mode, mask = struct.unpack_from("<III", data)
        name = names(data[16:])[0]
        descriptor = os.open(name, (flags & ~os.O_APPEND) | os.O_CREAT, mode & ~mask, dir_fd=directory)
        return backing.entry(node, name) + backing.keep(descriptor)
    if op == READ:
        handle, offset, size = struct.unpack_from("<QQI", data)
        return os.pread(backing.open[handle], size, offset)
    if op == WRITE:
        handle, offset, size = struct.unpack_from("<QQI", data)
        return struct.pack("<II", os.pwrite(backing.open[handle], data[40:40 + size], offset), 0)
    if op == STATFS:
        it = os.fstatvfs(directory)
        return struct.pack("<QQQQQIII28x", it.f_blocks, it.f_bfree, it.f_bavail, it.f_files, it.f_ffree, it.f_bsize, 255, it.f_frsize)
    if op in (RELEASE, RELEASEDIR):
        value = backing.open.pop(struct.unpack_from("<Q", data)[0])
        if op == RELEASE:
            os.close(value)
        return b""
    if op == FSYNC:
        os.fsync(backing.open[struct.unpack_from("<Q", data)[0]])
        return b""
    if op in (FLUSH, FSYNCDIR, DESTROY):
        return b""
    if op == OPENDIR:
        return backing.keep(entries(backing, node))
    if op == READDIR:
        return listing(backing, *struct.unpack_from("<QQI", data))
    raise OSError(errno.ENOSYS, "not here")


def fault(op, data):
    try:
        with open(FAULT) as file:
            number, what = file.read().split()
    except (OSError, ValueError):
        return 0
    opens_to_write = op == OPEN and struct.unpack_from("<I", data)[0] & os.O_ACCMODE
    fails = op in CHANGES or opens_to_write or what == "all" and op in READS
    return int(number) if fails else 0


def serve(device, backing):
    while True:
        try:
            request = os.read(device, 1 << 20)
        except OSError as error:
            if error.errno == errno.ENODEV:
                return
            continue
        length, op, unique, node, *_ = HEADER.unpack_from(request)
        data = request[HEADER.size:length]
        try:
            failed = fault(op, data)
            if failed:
                raise OSError(failed, "as told")
            out, code = answer(backing, op, node, data), 0
        except OSError as error:
            out, code = b"", -(error.errno or errno.EIO)
        if out is not NO_REPLY:
            try:
                os.write(device, struct.pack("<IiQ", 16 + len(out), code, unique) + out)
            except OSError:
                pass


def main():
    mount, backing = sys.argv[1], Backing(sys.argv[2])
    device = os.open("/dev/fuse", os.O_RDWR)
    options = f"fd={device},rootmode=40000,user_id=0,group_id=0,allow_other,default_permissions"
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.mount(b"failing", os.fsencode(mount), b"fuse.failing", 0, options.encode()):
        sys.exit(f"mount: {os.strerror(ctypes.get_errno())}")
    print("mounted", flush=True)
    serve(device, backing)


main()
