#pragma once

#include <QLocalServer>
#include <QObject>
#include <QString>

namespace stepwell {

/// What a start of the program was given to open.
struct Handed {
    QString link;  ///< as it is copied, or
    QString path;  ///< absolute
    bool isEmpty() const { return link.isEmpty() && path.isEmpty(); }
    friend bool operator==(const Handed&, const Handed&) = default;
};

/// Where a window takes what another start of the program was given: a socket in the runtime folder of the
/// user, one for each data folder, for nobody but this user. A message is one line of at most 64 KiB; whoever
/// sends no whole one within 5 s is put out, and so is the ninth at a time. GUI thread.
class WindowDoor : public QObject {
    Q_OBJECT
  public:
    explicit WindowDoor(const QString& dataDir, QObject* parent = nullptr);

    /// False: another window listens already, or there is no place for a socket. What a crash left there is
    /// cleared away.
    bool open();
    QString place() const { return place_; }

    /// Gives it to the window that listens for this data folder; true when that took it. Waits at most 3 s.
    static bool handOver(const QString& dataDir, const Handed& what);

    static constexpr qsizetype longestMessage = 64 * 1024;

  signals:
    void handed(const stepwell::Handed& what);

  private:
    void takeCaller();

    QString place_;
    QLocalServer server_;
    int callers_ = 0;
};

}  // namespace stepwell
