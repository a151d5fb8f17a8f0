#include "app/engine/runtime/worker_config.h"
#include "tests/engine/runtime/runtime_harness.h"

#include <QTest>

#include <fstream>

using namespace stepwell::engine;
using namespace stepwell::engine::test;

/// What is laid out for a process before it starts.
class TestWorkerFolder : public QObject {
    Q_OBJECT

  private slots:
    /// A heap of 1 MiB has room for 32 KiB of maps.
    void sourceMapsAreBoundedTogether() {
        const TemporaryFolder folder;
        const auto write = [&](const char* name, std::size_t bytes) {
            std::ofstream(folder.path() / name, std::ios::binary) << std::string(bytes, ' ');
            return folder.path() / name;
        };
        write("binding.js", 1);
        write("driver.js", 1);
        Bundle bundle;
        bundle.mainModule = "index.js";
        bundle.modules = {{"index.js", "application/javascript+module", write("index", 1)}};
        for (const auto& [name, bytes] : {std::pair{"a.js.map", 20'000},
                                          {"index.js.map", 20'000},
                                          {"b.js.map", 10'000},
                                          {"c.js.map", 5'000}})
            bundle.modules.push_back({name, "application/source-map", write(name, bytes)});
        const auto made =
            writeWorkerFolder(folder.path() / "p", bundle, folder.path(), 1, WorkerRole::instances);
        QVERIFY2(made, made ? "" : made.error().message.c_str());
        std::ifstream entry(folder.path() / "p/code/stepwell-bundle.js");
        const std::string text((std::istreambuf_iterator<char>(entry)), {});
        const auto has = [&](const char* module) {
            return text.find("\"" + std::string(module) + "\": () => import") != std::string::npos;
        };
        QVERIFY2(has("index.js"), text.c_str());
        QVERIFY2(!has("a.js"), text.c_str());
        QVERIFY2(has("b.js"), text.c_str());
        QVERIFY2(!has("c.js"), text.c_str());
    }
};

QTEST_GUILESS_MAIN(TestWorkerFolder)
#include "tst_worker_folder.moc"
