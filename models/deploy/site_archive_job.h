#pragma once

#include "models/site/local_site.h"
#include "models/site/site_address.h"

#include <QObject>
#include <QTimer>

#include <memory>

namespace stepwell {

/// Brings a project of sites to a file, or back from one. GUI thread; the work is done elsewhere.
class SiteArchiveJob : public QObject {
    Q_OBJECT
  public:
    struct Progress {
        std::int64_t bytes = 0;
        std::int64_t all = 0;  ///< 0: not known
    };

    explicit SiteArchiveJob(site::SiteAddress address, QObject* parent = nullptr);
    ~SiteArchiveJob() override;

    /// Writes all of a project to `file`, which is replaced once everything is there.
    void exportTo(const QString& project, const QString& file);
    /// Makes a project of `file`; an empty name: the one it has there.
    void importFrom(const QString& file, const QString& name);
    /// No signal follows. What an import has made by then may be there.
    void cancel();
    bool isBusy() const { return m_run != nullptr; }
    Progress progress() const;

  signals:
    /// At most every 50 ms.
    void progressChanged();
    void exported(qint64 bytes);
    void imported(const QString& project);
    void failed(const QString& reason);

  private:
    struct Run;
    std::shared_ptr<Run> begin();
    bool end(const std::shared_ptr<Run>& run);

    site::SiteAddress m_address;
    std::shared_ptr<Run> m_run;
    QTimer m_tick;
};

}  // namespace stepwell
