#include "app/desktop/process_watch.h"

#include <sys/syscall.h>

#include <QSocketNotifier>

#include <cerrno>
#include <csignal>
#include <unistd.h>

namespace stepwell {

namespace {

constexpr std::chrono::seconds pollInterval{1};

}  // namespace

ProcessWatch::ProcessWatch(int pid, QObject* parent)
    : QObject(parent)
    , pid_(pid) {
    connect(&poll_, &QTimer::timeout, this, &ProcessWatch::look);
    descriptor_ = static_cast<int>(::syscall(SYS_pidfd_open, pid, 0));
    if (descriptor_ < 0) {
        poll_.start(errno == ESRCH ? std::chrono::milliseconds(0) : pollInterval);
        return;
    }
    auto* notifier = new QSocketNotifier(descriptor_, QSocketNotifier::Read, this);
    connect(notifier, &QSocketNotifier::activated, this, [this, notifier] {
        notifier->setEnabled(false);
        emit ended();
    });
}

ProcessWatch::~ProcessWatch() {
    if (descriptor_ >= 0) ::close(descriptor_);
}

void ProcessWatch::look() {
    if (::kill(pid_, 0) == 0 || errno != ESRCH) return poll_.start(pollInterval);
    poll_.stop();
    emit ended();
}

}  // namespace stepwell
