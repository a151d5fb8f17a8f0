#pragma once

#include <QObject>
#include <QTimer>

namespace stepwell {

/// Tells when a process that is not our child ends, at once and without asking again and again where the
/// system can. GUI thread.
class ProcessWatch : public QObject {
    Q_OBJECT
  public:
    explicit ProcessWatch(int pid, QObject* parent = nullptr);
    ~ProcessWatch() override;

  signals:
    /// Once; from the event loop, also when the process had ended before.
    void ended();

  private:
    void look();

    int pid_;
    int descriptor_ = -1;
    QTimer poll_;  ///< where processes have no descriptors
};

}  // namespace stepwell
