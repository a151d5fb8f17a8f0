#pragma once

#include <QFileSystemWatcher>
#include <QTimer>

namespace stepwell {

/// Tells when something below a folder changed, a moment after the last change of a burst. Where a folder has
/// more folders than the system watches, it is looked at every few seconds instead. GUI thread; folders are
/// walked elsewhere.
class SiteWatch : public QObject {
    Q_OBJECT
  public:
    explicit SiteWatch(QObject* parent = nullptr);

    /// Empty: watches nothing.
    void setFolder(const QString& folder);
    static constexpr int settleMs = 250;
    static constexpr int lookMs = 2'000;

  signals:
    void changed();

  private:
    void findFolders();

    QString m_folder;
    int m_generation = 0;
    QFileSystemWatcher m_watcher;
    QTimer m_settle;
    QTimer m_look;
};

}  // namespace stepwell
