#include "models/deploy/site_reader.h"

#include "models/deploy/deploy_pool.h"
#include "models/deploy/pages_project.h"
#include "models/deploy/unpacking.h"
#include "models/import/config_file.h"
#include "models/import/workers_site.h"
#include "models/site/archive.h"
#include "models/site/functions_folder.h"
#include "models/site/key_store.h"
#include "models/text.h"

#include <QDir>
#include <QFileInfo>
#include <QStandardPaths>

#include <algorithm>
#include <thread>

namespace stepwell {

namespace {

constexpr int tickMs = 50;

}  // namespace

/// One reading, shared by the thread that does it and the progress shown.
struct SiteReader::Run {
    site::Stop stop = false;
    std::atomic<Phase> phase = Phase::scanning;
    std::atomic<std::int64_t> unpacked = 0;
    std::atomic<std::int64_t> allFiles = 0;
    std::atomic<std::int64_t> allBytes = 0;
    site::HashProgress hashed;
    int imports = 0;  ///< which ones it looks at
};

struct SiteReader::Read {
    api::Result<Site> site;
    std::chrono::milliseconds hashTook{0};
    std::shared_ptr<const WorkersSite> workersSite;
    std::string importStamp;
};

namespace {

std::vector<std::string> pathsOf(const QStringList& list) {
    std::vector<std::string> paths;
    for (const auto& path : list)
        paths.push_back(QDir::cleanPath(path).toStdString());
    return paths;
}

/// Workers Sites that were dropped with their project; null: something else was.
api::Result<std::shared_ptr<const WorkersSite>> workersSiteOf(const std::vector<std::string>& paths) {
    const QDir folder(paths.size() == 1 ? toQt(paths.front()) : QString());
    const auto& names = configFileNames();
    const bool hasConfig =
        paths.size() == 1 &&
        std::any_of(names.begin(), names.end(), [&](const auto& name) { return folder.exists(name); });
    if (!hasConfig) return nullptr;
    auto read = readWorkersSite(folder.path());
    if (!read.errors.empty()) {
        return api::fail(0, api::code::storage, toText(read.errors.front()).toStdString());
    }
    if (!read.site) return nullptr;
    return std::make_shared<const WorkersSite>(std::move(*read.site));
}

/// What the patterns of Workers Sites leave out is no part of the site, and nothing to warn of.
void keepTaken(site::LocalSite& site, const WorkersSite& rules) {
    std::erase_if(site.files, [&](const auto& file) { return !rules.takes(file.path); });
    std::erase_if(site.findings, [&](const auto& finding) { return !rules.takes(finding.path); });
    site.bytes = 0;
    for (const auto& file : site.files)
        site.bytes += file.stamp.size;
    if (!rules.takes("_worker.js")) site.rules.workerFolder.clear();
    for (const auto& [name, text] :
         {std::pair{"_headers", &site.rules.headers}, std::pair{"_redirects", &site.rules.redirects},
          std::pair{"_routes.json", &site.rules.routes}, std::pair{"_worker.js", &site.rules.workerFile}})
        if (!rules.takes(name)) text->clear();
}

/// What the project of an output folder adds to it: its Functions and its configuration.
void addProject(site::LocalSite& site, const QString& folder) {
    const auto project = projectOf(folder);
    if (project.folder.isEmpty()) return;
    site.rules.config = project.config;
    const QFileInfo functions(QDir(project.folder).filePath(QStringLiteral("functions")));
    if (site.rules.functionsFolder.empty() && functions.isDir())
        site.rules.functionsFolder = functions.absoluteFilePath().toStdString();
}

/// Files of the user's cache, as what is unpacked is.
site::KeyStore keyStore() {
    const auto cache = QStandardPaths::writableLocation(QStandardPaths::GenericCacheLocation);
    return site::KeyStore(QFile::encodeName(cache + QStringLiteral("/stepwell/keys")).toStdString());
}

/// A Worker that a site brings along answers everything itself.
api::Result<void> addFunctions(site::LocalSite& site, const site::Stop& stop) {
    site.rules.codeStamp = site::codeStampOf(site.rules);
    if (site.rules.functionsFolder.empty() || site.rules.hasWorker()) return {};
    auto files = site::functionFiles(site.rules.functionsFolder, stop);
    if (!files) return tl::unexpected(files.error());
    site.rules.functions = std::move(*files);
    return {};
}

}  // namespace

SiteReader::SiteReader(QStringList dropped, QObject* parent)
    : QObject(parent)
    , m_dropped(std::move(dropped))
    , m_cache(std::make_shared<site::KeyCache>()) {
    m_tick.setInterval(tickMs);
    connect(&m_tick, &QTimer::timeout, this, &SiteReader::progressChanged);
}

SiteReader::~SiteReader() {
    stop();
}

void SiteReader::stop() {
    if (m_run) m_run->stop = true;
    m_run.reset();
    m_tick.stop();
}

bool SiteReader::isArchive() const {
    return m_dropped.size() == 1 && site::isArchiveName(m_dropped.front().toStdString());
}

QString SiteReader::folder() const {
    if (m_workersSite) return m_workersSite->bucket;
    return m_dropped.size() == 1 && !isArchive() ? QDir::cleanPath(m_dropped.front()) : QString();
}

QString SiteReader::title() const {
    if (m_dropped.size() != 1) return tr("%1 files").arg(m_dropped.size());
    QString name = QFileInfo(QDir::cleanPath(m_dropped.front())).fileName();
    if (!isArchive()) return name;
    for (const char* ending : {".zip", ".tar.gz", ".tgz", ".tar"})
        if (name.endsWith(QLatin1String(ending), Qt::CaseInsensitive))
            return name.chopped(static_cast<qsizetype>(qstrlen(ending)));
    return name;
}

SiteReader::Progress SiteReader::progress() const {
    if (!m_run) return {};
    Progress progress;
    progress.phase = m_run->phase;
    progress.files = m_run->hashed.files;
    progress.allFiles = m_run->allFiles;
    progress.bytes = progress.phase == Phase::unpacking ? m_run->unpacked : m_run->hashed.bytes;
    progress.allBytes = m_run->allBytes;
    return progress;
}

void SiteReader::setImports(std::vector<std::string> paths) {
    m_imports = std::move(paths);
    ++m_importChanges;
    m_importStamp.reset();
}

void SiteReader::start() {
    stop();
    m_run = std::make_shared<Run>();
    m_run->imports = m_importChanges;
    m_tick.start();
    const auto work = [run = m_run, cache = m_cache, paths = pathsOf(m_dropped), packed = isArchive(),
                       isFirst = !m_site, imports = m_imports] {
        Read read;
        read.importStamp = site::stampOfFiles(imports);
        auto site = std::make_shared<site::LocalSite>();
        std::shared_ptr<void> kept;
        std::shared_ptr<const WorkersSite> workersSite;
        std::string root;        // whose keys are kept for the next run: of a folder
        std::jthread recalling;  // reads what is known while the folder is looked through
        api::Result<site::LocalSite> scanned;
        if (packed) {
            run->phase = Phase::unpacking;
            auto unpacked = unpackSite(paths.front(), [&](std::int64_t bytes) {
                run->unpacked = bytes;
                return !run->stop;
            });
            if (!unpacked) return Read{tl::unexpected(unpacked.error()), {}, {}, {}};
            run->phase = Phase::scanning;
            kept = unpacked->folder;
            scanned = site::scanSite({unpacked->root}, run->stop);
            if (scanned) addFindings(*scanned, unpacked->findings);
        } else {
            auto found = workersSiteOf(paths);
            if (!found) return Read{tl::unexpected(found.error()), {}, {}, {}};
            workersSite = std::move(*found);
            const auto& from = workersSite ? std::vector{workersSite->bucket.toStdString()} : paths;
            if (from.size() == 1) root = from.front();
            if (isFirst && !root.empty())
                recalling = std::jthread([root, cache] { keyStore().load(root, *cache); });
            scanned = site::scanSite(from, run->stop);
            if (scanned && workersSite) keepTaken(*scanned, *workersSite);
        }
        if (!scanned) return Read{tl::unexpected(scanned.error()), {}, {}, {}};
        if (!packed && !workersSite && paths.size() == 1) addProject(*scanned, toQt(paths.front()));
        if (auto found = addFunctions(*scanned, run->stop); !found)
            return Read{tl::unexpected(found.error()), {}, {}, {}};
        *site = std::move(*scanned);
        run->allFiles = static_cast<std::int64_t>(site->files.size());
        run->allBytes = site->bytes;
        run->phase = Phase::hashing;
        QElapsedTimer timer;
        timer.start();
        if (recalling.joinable()) recalling.join();
        if (!site::hashFiles(*site, *cache, run->hashed, run->stop))
            return Read{api::fail(0, site::codeCancelled, "Cancelled."), {}, {}, {}};
        // The files unpacked live as long as the site that names them.
        read.site = Site(site.get(), [site, kept](const site::LocalSite*) mutable {
            site.reset();
            kept.reset();
        });
        read.hashTook = std::chrono::milliseconds(timer.elapsed());
        read.workersSite = std::move(workersSite);
        if (!root.empty())  // nobody waits for it
            deployPool().start([root, site = read.site, cache] { keyStore().save(root, **site, *cache); });
        return read;
    };
    runDeployWork(this, work, [this, run = m_run](Read read) { take(run, std::move(read)); });
}

void SiteReader::take(const std::shared_ptr<Run>& run, Read read) {
    if (run != m_run) return;  // stopped, or started anew
    m_run.reset();
    m_tick.stop();
    if (!read.site) {
        emit failed(toQt(read.site.error().message));
        return;
    }
    m_site = std::move(*read.site);
    m_workersSite = std::move(read.workersSite);
    m_hashTook = read.hashTook;
    m_importStamp.reset();
    if (run->imports == m_importChanges && m_importChanges > 0) m_importStamp = std::move(read.importStamp);
    emit ready();
}

}  // namespace stepwell
