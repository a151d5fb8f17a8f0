#pragma once

#include <QString>

namespace stepwell::test {

/// A file system in memory of a fixed size on a folder, for tests of full disks. Takes a process that may
/// mount, as root may in most places.
class SmallDisk {
  public:
    SmallDisk(const QString& folder, qint64 bytes);
    ~SmallDisk();
    SmallDisk(const SmallDisk&) = delete;
    SmallDisk& operator=(const SmallDisk&) = delete;

    bool isMounted() const { return mounted_; }
    /// Makes room, or takes it away.
    bool resize(qint64 bytes);

  private:
    QByteArray folder_;
    bool mounted_ = false;
};

}  // namespace stepwell::test
