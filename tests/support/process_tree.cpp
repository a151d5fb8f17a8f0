#include "tests/support/process_tree.h"

#include <QDir>
#include <QFile>

#include <optional>
#include <unistd.h>

namespace stepwell::test {

namespace {

struct Stat {
    QString name;
    char state = 'Z';
    qint64 parent = 0;
};

// "pid (name) S parent ...": the name may hold spaces and parentheses, so it ends at the last one.
std::optional<Stat> readStat(qint64 pid) {
    QFile file(QStringLiteral("/proc/%1/stat").arg(pid));
    if (!file.open(QIODevice::ReadOnly)) return std::nullopt;
    const QByteArray line = file.readAll();
    const auto open = line.indexOf('(');
    const auto close = line.lastIndexOf(')');
    if (open < 0 || close < open) return std::nullopt;
    const QList<QByteArray> rest = line.mid(close + 2).split(' ');
    if (rest.size() < 2 || rest[0].isEmpty()) return std::nullopt;
    return Stat{QString::fromUtf8(line.mid(open + 1, close - open - 1)), rest[0][0], rest[1].toLongLong()};
}

QList<ProcessInfo> allProcesses() {
    QList<ProcessInfo> all;
    const QStringList entries = QDir(QStringLiteral("/proc")).entryList(QDir::Dirs | QDir::NoDotAndDotDot);
    for (const QString& entry : entries) {
        bool isNumber = false;
        const qint64 pid = entry.toLongLong(&isNumber);
        if (!isNumber) continue;
        const auto stat = readStat(pid);
        if (stat && stat->state != 'Z') all.append({pid, stat->parent, stat->name});
    }
    return all;
}

}  // namespace

QList<ProcessInfo> processTree(qint64 root) {
    const QList<ProcessInfo> all = allProcesses();
    QList<ProcessInfo> tree;
    for (const auto& process : all) {
        if (process.pid == root) tree.append(process);
    }
    for (qsizetype i = 0; i < tree.size(); ++i) {
        for (const auto& process : all) {
            if (process.parent == tree[i].pid) tree.append(process);
        }
    }
    return tree;
}

std::int64_t residentBytes(qint64 root) {
    const std::int64_t pageSize = sysconf(_SC_PAGESIZE);
    std::int64_t bytes = 0;
    for (const auto& process : processTree(root)) {
        QFile file(QStringLiteral("/proc/%1/statm").arg(process.pid));
        if (!file.open(QIODevice::ReadOnly)) continue;
        const QList<QByteArray> fields = file.readAll().split(' ');
        if (fields.size() > 1) bytes += fields[1].toLongLong() * pageSize;
    }
    return bytes;
}

bool isRunning(qint64 pid) {
    const auto stat = readStat(pid);
    return stat && stat->state != 'Z' && stat->state != 'X';
}

}  // namespace stepwell::test
