#include "models/deploy/site_archive_job.h"

#include "models/deploy/deploy_pool.h"
#include "models/site/site_client.h"
#include "models/text.h"

namespace stepwell {

namespace {

constexpr int tickMs = 50;

}  // namespace

/// One transfer, shared by the thread that does it and the progress shown.
struct SiteArchiveJob::Run {
    site::Stop stop = false;
    std::atomic<std::int64_t> bytes = 0;
    std::atomic<std::int64_t> all = 0;

    static site::SiteClient::Progress progressOf(const std::shared_ptr<Run>& run) {
        return [run](std::int64_t bytes, std::int64_t all) {
            run->bytes = bytes;
            run->all = all;
        };
    }
    static std::shared_ptr<const site::Stop> stopOf(const std::shared_ptr<Run>& run) {
        return {run, &run->stop};
    }
};

SiteArchiveJob::SiteArchiveJob(site::SiteAddress address, QObject* parent)
    : QObject(parent)
    , m_address(std::move(address)) {
    m_tick.setInterval(tickMs);
    connect(&m_tick, &QTimer::timeout, this, &SiteArchiveJob::progressChanged);
}

SiteArchiveJob::~SiteArchiveJob() {
    cancel();
}

std::shared_ptr<SiteArchiveJob::Run> SiteArchiveJob::begin() {
    cancel();
    m_run = std::make_shared<Run>();
    m_tick.start();
    return m_run;
}

/// False: it was cancelled, or another one began.
bool SiteArchiveJob::end(const std::shared_ptr<Run>& run) {
    if (run != m_run) return false;
    m_run.reset();
    m_tick.stop();
    return true;
}

void SiteArchiveJob::cancel() {
    if (m_run) m_run->stop = true;
    m_run.reset();
    m_tick.stop();
}

SiteArchiveJob::Progress SiteArchiveJob::progress() const {
    return m_run ? Progress{m_run->bytes, m_run->all} : Progress{};
}

void SiteArchiveJob::exportTo(const QString& project, const QString& file) {
    const auto run = begin();
    runDeployWork(
        this,
        [address = m_address, run, name = project.toStdString(), path = file.toStdString()] {
            return site::SiteClient(address, Run::stopOf(run))
                .exportProject(name, path, Run::progressOf(run));
        },
        [this, run](const api::Result<void>& written) {
            if (!end(run)) return;
            if (written)
                emit exported(run->bytes);
            else
                emit failed(toQt(written.error().message));
        });
}

void SiteArchiveJob::importFrom(const QString& file, const QString& name) {
    const auto run = begin();
    runDeployWork(
        this,
        [address = m_address, run, path = file.toStdString(), name = name.toStdString()] {
            return site::SiteClient(address, Run::stopOf(run))
                .importProject(path, name, Run::progressOf(run));
        },
        [this, run](const api::Result<api::SiteProject>& made) {
            if (!end(run)) return;
            if (made)
                emit imported(toQt(made->name));
            else
                emit failed(toQt(made.error().message));
        });
}

}  // namespace stepwell
