// The disk as SQLite sees it. Locks are granted to whoever asks, for there is one connection at a time; the
// shared memory that a WAL needs is ordinary memory and ends with its connection, as it would with the
// machine.
#include "tests/simulation/disk_vfs.h"

#include "tests/simulation/disk.h"

#include <algorithm>
#include <cstring>
#include <new>
#include <sqlite3.h>
#include <utility>

namespace stepwell::simulation {

namespace {

struct Handle {
    sqlite3_file base;  // first, for SQLite knows only this
    Disk* disk = nullptr;
    Disk::File file;
    bool isNewJournal = false;  ///< its first sync takes the folder with it
    std::vector<std::unique_ptr<char[]>> shared;
};

/// SQLite hands out the memory that this file's open has made a handle of.
Handle& handle(sqlite3_file* file) {
    return *reinterpret_cast<Handle*>(file);
}

int closeFile(sqlite3_file* file) {
    handle(file).~Handle();
    return SQLITE_OK;
}

int readFile(sqlite3_file* file, void* to, int amount, sqlite3_int64 at) {
    const auto& self = handle(file);
    if (!self.disk->powered()) return SQLITE_IOERR_READ;
    const auto& bytes = self.file->now;
    const auto start = std::min(static_cast<std::size_t>(at), bytes.size());
    const auto count = std::min(static_cast<std::size_t>(amount), bytes.size() - start);
    std::memcpy(to, bytes.data() + start, count);
    if (count == static_cast<std::size_t>(amount)) return SQLITE_OK;
    std::memset(static_cast<char*>(to) + count, 0, static_cast<std::size_t>(amount) - count);
    return SQLITE_IOERR_SHORT_READ;
}

int writeFile(sqlite3_file* file, const void* from, int amount, sqlite3_int64 at) {
    auto& self = handle(file);
    const std::string_view bytes(static_cast<const char*>(from), static_cast<std::size_t>(amount));
    return self.disk->write(*self.file, static_cast<std::size_t>(at), bytes) ? SQLITE_OK : SQLITE_IOERR_WRITE;
}

int truncateFile(sqlite3_file* file, sqlite3_int64 size) {
    auto& self = handle(file);
    return self.disk->truncate(*self.file, static_cast<std::size_t>(size)) ? SQLITE_OK
                                                                           : SQLITE_IOERR_TRUNCATE;
}

int syncFile(sqlite3_file* file, int /*flags*/) {
    auto& self = handle(file);
    return self.disk->sync(*self.file, std::exchange(self.isNewJournal, false)) ? SQLITE_OK
                                                                                : SQLITE_IOERR_FSYNC;
}

int fileSize(sqlite3_file* file, sqlite3_int64* size) {
    *size = static_cast<sqlite3_int64>(handle(file).file->now.size());
    return SQLITE_OK;
}

int lock(sqlite3_file* /*file*/, int /*level*/) {
    return SQLITE_OK;
}

int checkReservedLock(sqlite3_file* /*file*/, int* isReserved) {
    *isReserved = 0;
    return SQLITE_OK;
}

int control(sqlite3_file* /*file*/, int /*operation*/, void* /*argument*/) {
    return SQLITE_NOTFOUND;
}

int sectorSize(sqlite3_file* /*file*/) {
    return 4096;
}

/// As SQLite's layer over Linux says: a write that is cut short harms nothing beside it.
int characteristics(sqlite3_file* /*file*/) {
    return SQLITE_IOCAP_POWERSAFE_OVERWRITE;
}

int mapShared(sqlite3_file* file, int region, int bytes, int extend, void volatile** memory) {
    auto& shared = handle(file).shared;
    *memory = nullptr;
    const auto wanted = static_cast<std::size_t>(region) + 1;
    if (shared.size() < wanted && extend == 0) return SQLITE_OK;
    while (shared.size() < wanted)
        shared.push_back(std::make_unique<char[]>(static_cast<std::size_t>(bytes)));
    *memory = shared[wanted - 1].get();
    return SQLITE_OK;
}

int lockShared(sqlite3_file* /*file*/, int /*offset*/, int /*count*/, int /*flags*/) {
    return SQLITE_OK;
}

void shareBarrier(sqlite3_file* /*file*/) {}

int unmapShared(sqlite3_file* file, int /*remove*/) {
    handle(file).shared.clear();
    return SQLITE_OK;
}

const sqlite3_io_methods methods = {
    2,          closeFile,    readFile,          writeFile, truncateFile, syncFile,        fileSize,
    lock,       lock,         checkReservedLock, control,   sectorSize,   characteristics, mapShared,
    lockShared, shareBarrier, unmapShared,       nullptr,   nullptr};

int openFile(sqlite3_vfs* vfs, const char* name, sqlite3_file* file, int flags, int* outFlags) {
    auto& disk = *static_cast<Disk*>(vfs->pAppData);
    file->pMethods = nullptr;
    if (!disk.powered()) return SQLITE_CANTOPEN;
    auto found = name == nullptr ? std::make_shared<Disk::Inode>() : disk.find(name);
    const bool isNew = found == nullptr;
    if (isNew && (flags & SQLITE_OPEN_CREATE) == 0) return SQLITE_CANTOPEN;
    if (isNew) found = disk.create(name);
    auto* self = new (file) Handle;
    self->base.pMethods = &methods;
    self->disk = &disk;
    self->file = std::move(found);
    self->isNewJournal =
        isNew && (flags & (SQLITE_OPEN_WAL | SQLITE_OPEN_MAIN_JOURNAL | SQLITE_OPEN_SUPER_JOURNAL)) != 0;
    if (outFlags != nullptr) *outFlags = flags;
    return SQLITE_OK;
}

int removeFile(sqlite3_vfs* vfs, const char* name, int syncFolder) {
    auto& disk = *static_cast<Disk*>(vfs->pAppData);
    if (disk.find(name) == nullptr) return SQLITE_IOERR_DELETE_NOENT;
    return disk.remove(name, syncFolder != 0) ? SQLITE_OK : SQLITE_IOERR_DELETE;
}

int access(sqlite3_vfs* vfs, const char* name, int /*flags*/, int* result) {
    const auto& disk = *static_cast<Disk*>(vfs->pAppData);
    if (!disk.powered()) return SQLITE_IOERR_ACCESS;
    const auto file = disk.find(name);
    *result = file != nullptr && !file->now.empty() ? 1 : 0;  // an empty file is none, as on Linux
    return SQLITE_OK;
}

int fullName(sqlite3_vfs* /*vfs*/, const char* name, int size, char* to) {
    sqlite3_snprintf(size, to, "%s", name);
    return SQLITE_OK;
}

}  // namespace

/// Time, randomness and the like are those of SQLite's own layer.
std::unique_ptr<sqlite3_vfs> registerVfs(Disk& disk) {
    auto vfs = std::make_unique<sqlite3_vfs>(*sqlite3_vfs_find("unix"));
    vfs->szOsFile = sizeof(Handle);
    vfs->pNext = nullptr;
    vfs->zName = "power-cut";
    vfs->pAppData = &disk;
    vfs->xOpen = openFile;
    vfs->xDelete = removeFile;
    vfs->xAccess = access;
    vfs->xFullPathname = fullName;
    sqlite3_vfs_register(vfs.get(), 1);
    return vfs;
}

}  // namespace stepwell::simulation
