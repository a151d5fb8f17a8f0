#pragma once

#include <QJsonObject>
#include <QProcess>
#include <QStringList>

/// `stepwelld` as a child process. Ended with the object, by its process id.
namespace stepwell::test {

class EngineProcess {
  public:
    /// `dataDir` must exist; the log goes to `<dataDir>.log`. `arguments` are added to the usual ones.
    explicit EngineProcess(QString dataDir, QStringList arguments = {});
    ~EngineProcess();
    EngineProcess(const EngineProcess&) = delete;
    EngineProcess& operator=(const EngineProcess&) = delete;

    /// Starts without waiting.
    void launch();
    /// Waits for the line that says it is ready; false when it ended instead or took longer.
    bool waitReady(int timeoutMs = 30'000);
    bool start() {
        launch();
        return waitReady();
    }

    /// SIGKILL, at once, and waits until the process is gone.
    void killNow();
    /// SIGTERM; the exit code, or -1 when it had to be killed after the time.
    int stop(int timeoutMs = 20'000);

    qint64 pid() const { return process_.processId(); }
    bool isRunning() const { return process_.state() != QProcess::NotRunning; }
    QString api() const { return ready_.value("api").toString(); }
    QString url() const { return ready_.value("url").toString(); }
    QString account() const { return ready_.value("account").toString(); }
    QString dataDir() const { return dataDir_; }
    QByteArray token() const;
    /// The end of the log, for messages of failed tests.
    QByteArray logTail(qint64 bytes = 4'000) const;

  private:
    QString dataDir_;
    QStringList arguments_;
    QProcess process_;
    QByteArray output_;
    QJsonObject ready_;
};

}  // namespace stepwell::test
