#include "models/between/site_state.h"
#include "tests/models/fake_server.h"

#include <QTest>

#include <future>

using namespace stepwell;

namespace {

const QByteArray key(32, 'a');

class SiteStateTest : public QObject {
    Q_OBJECT

  private slots:
    void init() {
        m_server = std::make_unique<test::FakeServer>();
        m_server->handler = [this](const test::SeenRequest& request) -> test::FakeServer::Answer {
            const auto& target = request.target;
            if (target.contains("/files"))
                return {.body = test::FakeServer::success("[{\"path\":\"/a.txt\",\"key\":\"" + m_key +
                                                          "\",\"size\":1}]")};
            if (target.contains("/parts")) return {.body = test::FakeServer::success("[]")};
            const QByteArray deployment = R"({"id":"d1","project_name":"shop","environment":"production"})";
            if (target.contains("/deployments/")) return {.body = test::FakeServer::success(deployment)};
            return {.body = test::FakeServer::success(
                        R"({"name":"shop","production_branch":"main","canonical_deployment":)" + deployment +
                        "}")};
        };
    }

    void filesComeWithTheirKeys() {
        m_key = key;
        const auto state = read();
        QVERIFY2(state, state ? "" : state.error().message.c_str());
        QCOMPARE(state->files.size(), std::size_t{1});
        QCOMPARE(QByteArray::fromStdString(state->files.front().key), key);
    }

    /// Keys are names of files while a site is moved.
    void aKeyThatWouldLeaveItsFolderIsRefused_data() {
        QTest::addColumn<QByteArray>("told");
        QTest::newRow("absolute") << QByteArray("/tmp/evil");
        QTest::newRow("upwards") << QByteArray("../../evil");
        QTest::newRow("empty") << QByteArray();
        QTest::newRow("long") << QByteArray(33, 'a');
    }
    void aKeyThatWouldLeaveItsFolderIsRefused() {
        QFETCH(QByteArray, told);
        m_key = told;
        const auto state = read();
        QVERIFY(!state);
        QVERIFY2(state.error().message.find("/a.txt") != std::string::npos, state.error().message.c_str());
    }

  private:
    api::Result<between::SiteState> read() {
        const between::PromotionEnd end{
            "There", BackendKind::stepwell, {m_server->apiBase(), "acc", "token"}};
        auto answer = std::async(std::launch::async, [&end] {
            return between::SiteQuestions(end, std::make_shared<between::StopFlag>(false)).state("shop", {});
        });
        [&] { QTRY_VERIFY(answer.wait_for(std::chrono::seconds(0)) == std::future_status::ready); }();
        return answer.get();
    }

    QByteArray m_key;
    std::unique_ptr<test::FakeServer> m_server;
};

}  // namespace

QTEST_GUILESS_MAIN(SiteStateTest)
#include "tst_site_state.moc"
