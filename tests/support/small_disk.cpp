#include "tests/support/small_disk.h"

#include <sys/mount.h>

#include <QFile>

namespace stepwell::test {
namespace {

bool mountAt(const QByteArray& folder, unsigned long flags, qint64 bytes) {
    const auto options = "mode=0700,size=" + QByteArray::number(bytes);
    return ::mount("tmpfs", folder.constData(), "tmpfs", flags, options.constData()) == 0;
}

}  // namespace

SmallDisk::SmallDisk(const QString& folder, qint64 bytes)
    : folder_(QFile::encodeName(folder))
    , mounted_(mountAt(folder_, 0, bytes)) {}

SmallDisk::~SmallDisk() {
    if (mounted_) ::umount2(folder_.constData(), MNT_DETACH);
}

bool SmallDisk::resize(qint64 bytes) {
    return mountAt(folder_, MS_REMOUNT, bytes);
}

}  // namespace stepwell::test
