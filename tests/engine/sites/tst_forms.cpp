#ifndef Q_MOC_RUN  // moc 6.4 cannot read <compare>
#include "app/engine/pages/service.h"
#include "app/engine/pages/site_compression.h"
#include "app/engine/store/blob_store.h"
#endif

#include <brotli/decode.h>

#include <QTemporaryDir>
#include <QTest>

#include <fstream>
#include <zlib.h>

using namespace stepwell;
using namespace stepwell::engine::pages;
namespace fs = std::filesystem;

namespace {

constexpr int patience = 120'000;  ///< the thread that compresses runs only when no other wants to

const std::atomic<bool> goOn{false};
const std::string oneKey = "00000000000000000000000000000001";

/// Text in which hardly anything repeats at once, so that it is worth compressing but does not vanish.
std::string text(std::size_t bytes) {
    std::string made;
    for (unsigned seed = 1; made.size() < bytes; seed = seed * 1'103'515'245U + 12'345U)
        made += "line " + std::to_string(seed % 10'000U) + '\n';
    made.resize(bytes);
    return made;
}

std::string noise(std::size_t bytes) {
    std::string made;
    for (unsigned seed = 1; made.size() < bytes; seed = seed * 1'664'525U + 1'013'904'223U)
        made += static_cast<char>(seed >> 24U);
    return made;
}

std::string unzipped(const std::string& form) {
    z_stream stream{};
    if (inflateInit2(&stream, 15 + 16) != Z_OK) return "no inflate";
    std::string out(4 << 20, '\0');
    auto bytes = form;
    stream.next_in = reinterpret_cast<Bytef*>(bytes.data());
    stream.avail_in = static_cast<uInt>(bytes.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    const auto result = inflate(&stream, Z_FINISH);
    out.resize(result == Z_STREAM_END ? stream.total_out : 0);
    inflateEnd(&stream);
    return out;
}

std::string unbrotlied(const std::string& form) {
    std::string out(4 << 20, '\0');
    std::size_t bytes = out.size();
    const auto result =
        BrotliDecoderDecompress(form.size(), reinterpret_cast<const std::uint8_t*>(form.data()), &bytes,
                                reinterpret_cast<std::uint8_t*>(out.data()));
    out.resize(result == BROTLI_DECODER_RESULT_SUCCESS ? bytes : 0);
    return out;
}

std::string read(const FormFolder::Opened& form) {
    std::string bytes(form.bytes, '\0');
    std::ifstream file("/proc/self/fd/" + std::to_string(form.file->descriptor()), std::ios::binary);
    file.seekg(static_cast<std::streamoff>(form.start));
    file.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    return bytes;
}

std::size_t filesIn(const fs::path& dir) {
    std::size_t count = 0;
    std::error_code error;
    for (fs::recursive_directory_iterator it(dir, error), end; !error && it != end; it.increment(error))
        count += it->is_regular_file() ? 1 : 0;
    return count;
}

}  // namespace

class FormsTest : public QObject {
    Q_OBJECT

  private slots:
    void init() {
        m_dir = std::make_unique<QTemporaryDir>();
        m_folder = std::make_unique<FormFolder>(m_dir->path().toStdString());
    }

    void typesThatBecomeSmaller_data() {
        QTest::addColumn<QByteArray>("type");
        QTest::addColumn<bool>("smaller");
        for (const auto* type :
             {"text/html; charset=utf-8", "TEXT/CSS", "application/javascript", "application/json",
              "application/manifest+json", "image/svg+xml", "application/wasm", "font/ttf", "image/x-icon"})
            QTest::newRow(type) << QByteArray(type) << true;
        for (const auto* type : {"image/png", "image/webp", "font/woff2", "video/mp4", "application/zip",
                                 "application/gzip", "application/pdf", "application/octet-stream", ""})
            QTest::newRow(type) << QByteArray(type) << false;
    }
    void typesThatBecomeSmaller() {
        QFETCH(QByteArray, type);
        QFETCH(bool, smaller);
        QCOMPARE(isCompressible(type.toStdString(), 2'000), smaller);
        QVERIFY(!isCompressible(type.toStdString(), 1'000));
    }

    void formsBecomeTheTextAgain_data() {
        QTest::addColumn<int>("bytes");
        for (const int bytes : {1, 256, 65'535, 65'536, 65'537, 1'000'000})
            QTest::addRow("%d", bytes) << bytes;
    }
    void formsBecomeTheTextAgain() {
        QFETCH(int, bytes);
        const auto given = text(static_cast<std::size_t>(bytes));
        QVERIFY(unzipped(compressed(given, Encoding::gzip, goOn)) == given);
        QVERIFY(unbrotlied(compressed(given, Encoding::brotli, goOn)) == given);
        const auto wild = noise(static_cast<std::size_t>(bytes));
        QVERIFY(unzipped(compressed(wild, Encoding::gzip, goOn)) == wild);
        QVERIFY(unbrotlied(compressed(wild, Encoding::brotli, goOn)) == wild);
    }

    void whatIsStoppedGivesNothing() {
        const std::atomic<bool> stop{true};
        QVERIFY(compressed(text(1'000'000), Encoding::gzip, stop).empty());
        QVERIFY(compressed(text(1'000'000), Encoding::brotli, stop).empty());
    }

    void formsAreKeptInOneFile() {
        const auto digest = engine::sha256Hex("blob");
        QVERIFY(!m_folder->find(digest));
        const auto put = m_folder->put(digest, "zipped", "");
        QCOMPARE(*put, (KeptForms{6, 0}));
        QCOMPARE(*m_folder->find(digest), (KeptForms{6, 0}));
        QCOMPARE(read(*m_folder->open(digest, Encoding::gzip)), "zipped");
        QVERIFY(m_folder->put(digest, "zip", "brotli"));
        QCOMPARE(read(*m_folder->open(digest, Encoding::gzip)), "zip");
        QCOMPARE(read(*m_folder->open(digest, Encoding::brotli)), "brotli");
        QCOMPARE(filesIn(m_folder->dir()), 1U);
        QCOMPARE(m_folder->bytes(), 4096);
        m_folder->remove(digest);
        QVERIFY(!m_folder->find(digest));
        QCOMPARE(m_folder->bytes(), 0);
    }

    void thatNothingIsWorthKeepingIsKept() {
        const auto digest = engine::sha256Hex("blob");
        QVERIFY(m_folder->put(digest, "", ""));
        QCOMPARE(*m_folder->find(digest), KeptForms{});
    }

    /// Every byte of a file counts, and every length that a crash may have left.
    void damagedFormsAreNeverGiven() {
        const auto digest = engine::sha256Hex("blob");
        const auto path = m_folder->path(digest);
        QVERIFY(m_folder->put(digest, "zipped", "brotli"));
        const auto size = fs::file_size(path);
        for (std::uintmax_t at = 0; at < size; ++at) {
            QVERIFY(m_folder->put(digest, "zipped", "brotli"));
            {
                std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
                file.seekg(static_cast<std::streamoff>(at));
                const auto byte = static_cast<char>(file.get() ^ 1);
                file.seekp(static_cast<std::streamoff>(at));
                file.put(byte);
            }
            checkGivenOrNothing(digest);
            QVERIFY(m_folder->put(digest, "zipped", "brotli"));
            fs::resize_file(path, at);
            checkGivenOrNothing(digest);
        }
        QVERIFY(m_folder->put(digest, "zipped", "brotli"));
        fs::resize_file(path, size + 1);
        checkGivenOrNothing(digest);
        QVERIFY(!m_folder->find(digest));
    }

    void whatNobodyNeedsIsSwept() {
        const auto needed = engine::sha256Hex("needed"), other = engine::sha256Hex("other");
        QVERIFY(m_folder->put(needed, "zipped", "brotli"));
        QVERIFY(m_folder->put(other, "zipped", "brotli"));
        std::ofstream(m_folder->path(needed).parent_path() / ".new-1-1") << "half";
        FormFolder after(m_dir->path().toStdString());
        after.sweep([&](const std::string& digest) { return digest == needed; }, goOn);
        QVERIFY(after.find(needed) && !after.find(other));
        QCOMPARE(filesIn(after.dir()), 1U);
        QCOMPARE(after.bytes(), 4096);
    }

    void theLongestUnusedGoFirst() {
        std::vector<std::string> digests;
        for (int i = 0; i < 8; ++i) {
            digests.push_back(engine::sha256Hex(std::to_string(i)));
            QVERIFY(m_folder->put(digests.back(), "zipped", "brotli"));
            fs::last_write_time(m_folder->path(digests.back()),
                                fs::file_time_type::clock::now() - std::chrono::hours(100 - i));
        }
        QVERIFY(m_folder->find(digests[0]));
        m_folder->shrink(3 * 4096, goOn);
        QCOMPARE(m_folder->bytes(), 3 * 4096);
        QVERIFY(m_folder->find(digests[0]) && m_folder->find(digests[6]) && m_folder->find(digests[7]));
    }

    void uploadsAreCompressedAndCollected() {
        open();
        const auto page = text(100'000), digest = engine::sha256Hex(page);
        put("text/html", page);
        QTRY_VERIFY_WITH_TIMEOUT(m_service->forms().find(digest), patience);
        QVERIFY(unbrotlied(read(*m_service->forms().open(digest, Encoding::brotli))) == page);
        QVERIFY(unzipped(read(*m_service->forms().open(digest, Encoding::gzip))) == page);
        m_now += std::chrono::hours(25);
        QCOMPARE(m_service->collect()->assets, 1);
        QCOMPARE(filesIn(m_service->forms().dir()), 0U);
    }

    void aSiteLearnsOfItsForms() {
        open();
        const auto page = text(100'000);
        put("text/html", page);
        const auto site = deploy();
        const auto key = site->find("/index.html")->key;
        QVERIFY(!site->find("/index.html")->formsKnown);
        m_service->findForms(site, key);
        QTRY_VERIFY_WITH_TIMEOUT(site->find("/index.html")->brotli > 0, patience);
        const auto asset = *site->find("/index.html");
        const auto kept = *m_service->forms().find(engine::sha256Hex(page));
        QCOMPARE((KeptForms{asset.gzip, asset.brotli}), kept);
        // Gone meanwhile, for whatever reason: it is made again.
        m_service->forms().remove(engine::sha256Hex(page));
        m_service->findForms(site, key);
        QTRY_VERIFY_WITH_TIMEOUT(site->find("/index.html")->brotli > 0, patience);
        QCOMPARE(*m_service->forms().find(engine::sha256Hex(page)), kept);
    }

    void whatDoesNotBecomeSmallerIsNotTriedAgain() {
        open();
        const auto bytes = noise(10'000);
        put("text/plain", bytes);
        QTRY_VERIFY_WITH_TIMEOUT(m_service->forms().find(engine::sha256Hex(bytes)), patience);
        QCOMPARE(*m_service->forms().find(engine::sha256Hex(bytes)), KeptForms{});
        const auto site = deploy();
        m_service->findForms(site, site->find("/index.html")->key);
        const auto asset = *site->find("/index.html");
        QVERIFY(asset.formsKnown && asset.gzip == 0 && asset.brotli == 0);
    }

    void theSettingBoundsAndTurnsOff() {
        open();
        put("text/html", text(100'000));
        QTRY_COMPARE_WITH_TIMEOUT(filesIn(m_service->forms().dir()), 1U, patience);
        keepAtMost(0);
        QTRY_COMPARE_WITH_TIMEOUT(filesIn(m_service->forms().dir()), 0U, patience);
        put("text/html", text(50'000), "2");
        open();
        QCOMPARE(m_service->settings().mostFormBytes, 0);
        const auto site = deploy();
        m_service->findForms(site, site->find("/index.html")->key);
        QVERIFY(site->find("/index.html")->formsKnown);
        QCOMPARE(filesIn(m_service->forms().dir()), 0U);
        keepAtMost(1 << 20);
        const auto again = *m_service->loadSite(site->row().key);
        m_service->findForms(again, again->find("/index.html")->key);
        QTRY_VERIFY_WITH_TIMEOUT(again->find("/index.html")->gzip > 0, patience);
    }

    /// What is there when the engine ends while large texts are waiting is whole.
    void anEndInTheMiddleLeavesNothingHalf() {
        open();
        for (int i = 0; i < 8; ++i)
            put("text/html", text(2'000'000 + static_cast<std::size_t>(i)), std::to_string(i + 1));
        m_service.reset();
        for (const auto& folder : fs::directory_iterator(m_folder->dir().parent_path()))
            if (folder.path() == m_folder->dir())
                for (const auto& file : fs::recursive_directory_iterator(folder.path()))
                    QVERIFY(!file.path().filename().string().starts_with(".new-"));
    }

  private:
    /// Either what was put, or nothing: then the file is gone.
    void checkGivenOrNothing(const std::string& digest) {
        const auto gzip = m_folder->open(digest, Encoding::gzip);
        if (gzip) QCOMPARE(read(*gzip), "zipped");
        const auto brotli = m_folder->open(digest, Encoding::brotli);
        if (brotli) QCOMPARE(read(*brotli), "brotli");
        QVERIFY(!gzip || !brotli);
        QVERIFY(!fs::exists(m_folder->path(digest)));
    }

    void keepAtMost(std::int64_t bytes) {
        QVERIFY(m_service->changeSettings([bytes](SiteSettings& settings) -> api::Result<void> {
            settings.mostFormBytes = bytes;
            return {};
        }));
    }

    void open() {
        m_service.reset();
        ServiceOptions options;
        options.dataDir = m_dir->path().toStdString();
        options.newUuid = [this] {
            const auto digits = QByteArray::number(++m_count, 16).rightJustified(8, '0');
            return digits.toStdString() + "-0000-4000-8000-000000000000";
        };
        options.now = [this] { return m_now; };
        options.collecting = Collecting::onDemand;
        auto service = Service::open(std::move(options));
        QVERIFY(service);
        m_service = std::move(*service);
    }

    void put(const std::string& type, const std::string& bytes, const std::string& tail = "1") {
        const auto upload = m_service->beginUpload();
        QVERIFY(upload->add({oneKey.substr(0, oneKey.size() - tail.size()) + tail, type, bytes}));
        QVERIFY(upload->commit());
    }

    std::shared_ptr<const SiteContent> deploy() {
        if (!m_service->project("site"))
            if (!m_service->createProject({.name = "site", .productionBranch = "main"})) return nullptr;
        NewDeployment deployment;
        deployment.manifest = {{"/index.html", oneKey}};
        const auto made = m_service->deploy("site", std::move(deployment));
        return made ? *m_service->loadSite(made->row.key) : nullptr;
    }

    std::unique_ptr<QTemporaryDir> m_dir;
    std::unique_ptr<FormFolder> m_folder;
    std::uint64_t m_count = 0;
    api::Time m_now{};
    std::unique_ptr<Service> m_service;
};

QTEST_GUILESS_MAIN(FormsTest)
#include "tst_forms.moc"
