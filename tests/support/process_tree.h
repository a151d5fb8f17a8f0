#pragma once

#include <QList>
#include <QString>

#include <cstdint>

/// What Linux knows about a process and its descendants, read from /proc. Processes that end meanwhile are
/// left out.
namespace stepwell::test {

struct ProcessInfo {
    qint64 pid = 0;
    qint64 parent = 0;
    QString name;  ///< as the kernel keeps it, at most 15 characters
};

/// The process and all below it, the process first.
QList<ProcessInfo> processTree(qint64 root);

/// Resident memory of the process and all below it, in bytes; shared pages count once for each process.
std::int64_t residentBytes(qint64 root);

/// Whether a process of this id is running (not a zombie).
bool isRunning(qint64 pid);

}  // namespace stepwell::test
