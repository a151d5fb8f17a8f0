#ifndef Q_MOC_RUN  // moc 6.4 cannot read <compare>
#include "app/engine/access/audit.h"
#include "app/engine/access/database.h"
#include "app/headless/token_command.h"
#endif

#include <nlohmann/json.hpp>

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

using namespace stepwell;
using namespace stepwell::headless;
using nlohmann::json;

namespace {

/// QCOMPARE for JSON.
#define COMPARE_JSON(actual, expected) QVERIFY2(json(actual) == json(expected), json(actual).dump().c_str())

constexpr api::Time now{api::Milliseconds{1'800'000'000'000}};

}  // namespace

class TokenCommandTest : public QObject {
    Q_OBJECT

    QTemporaryDir folder_;
    std::string dir_;

    api::Result<std::string> run(std::vector<std::string> arguments) {
        const auto command = parseTokenCommand(arguments, now);
        if (!command) return tl::unexpected(command.error());
        return perform(*command, now);
    }
    json done(std::vector<std::string> arguments) {
        arguments.insert(arguments.end(), {"--data-dir", dir_});
        const auto line = run(std::move(arguments));
        return line ? json::parse(*line) : json(line.error().message);
    }

  private slots:
    void aTokenIsForTheAccountThatTheEngineServes() {
        {
            const auto db = engine::access::openDatabase(dir_ + "/access.db");
            engine::access::noteAccount(**db, "main");
            engine::access::noteAccount(**db, "shop");
        }
        QVERIFY(done({"create", "--permission", "read", "--account", "shop"}).is_object());
        QVERIFY(done({"create", "--permission", "read"}).is_object());
        const auto refused = done({"create", "--permission", "read", "--account", "main"});
        QVERIFY2(refused.is_string(), refused.dump().c_str());
        for (const char* part : {"\"main\"", "\"shop\"", "--account"})
            QVERIFY2(refused.get<std::string>().find(part) != std::string::npos, refused.dump().c_str());
    }

    void init() {
        static int number = 0;
        QDir(folder_.path()).mkdir(QString::number(++number));
        dir_ = folder_.filePath(QString::number(number)).toStdString();
    }

    void aTokenIsMadeListedAndRevoked() {
        const auto made =
            done({"create", "--permission", "edit", "--product", "pages,workers", "--product=analytics",
                  "--name", "ci", "--expires", "30 days", "--account", "shop"});
        QVERIFY2(made.is_object(), made.dump().c_str());
        QVERIFY(made["token"].get<std::string>().starts_with("stepwell_"));
        COMPARE_JSON(made["permissions"], (json{{"workflows", "none"},
                                                {"workers", "edit"},
                                                {"pages", "edit"},
                                                {"analytics", "edit"},
                                                {"account", "none"}}));
        COMPARE_JSON(made["account"], "shop");
        COMPARE_JSON(made["expires_on"], api::toIso(now + std::chrono::hours(24 * 30)));
        const auto list = done({"list"});
        QCOMPARE(list["tokens"].size(), std::size_t{1});
        COMPARE_JSON(list["tokens"][0]["name"], "ci");
        QVERIFY(list.dump().find(made["token"].get<std::string>()) == std::string::npos);
        const auto revoked = done({"revoke", made["id"].get<std::string>()});
        COMPARE_JSON(revoked["status"], "disabled");
        COMPARE_JSON(done({"list"})["tokens"][0]["status"], "disabled");
        QVERIFY(done({"revoke", made["id"].get<std::string>()}).get<std::string>().find("already") !=
                std::string::npos);
        const auto db = std::move(*engine::access::openDatabase(std::filesystem::path(dir_) / "access.db"));
        const auto log = engine::access::listAudit(*db, {})->entries;
        QCOMPARE(log.size(), std::size_t{2});
        QVERIFY(log[0].face == engine::access::Face::command && log[0].action == "delete");
        COMPARE_JSON(log[1].resourceId, made["id"].get<std::string>());
    }

    void nothingIsDoneThatTheAuditLogCannotTell() {
        const auto made = done({"create", "--permission=read"});
        {
            const auto db = std::move(*engine::access::openDatabase(dir_ + "/access.db"));
            db->exec(
                "CREATE TRIGGER full BEFORE INSERT ON audit BEGIN SELECT RAISE(ABORT, 'disk is full'); END");
            QVERIFY(db->ok());
        }
        for (const auto& refused :
             {done({"create", "--permission=edit"}), done({"revoke", made["id"].get<std::string>()})}) {
            QVERIFY2(refused.is_string(), refused.dump().c_str());
            QVERIFY2(refused.get<std::string>().find("disk is full") != std::string::npos,
                     refused.dump().c_str());
        }
        const auto tokens = done({"list"})["tokens"];
        QCOMPARE(tokens.size(), std::size_t{1});
        COMPARE_JSON(tokens[0]["status"], "active");
    }

    void allProductsButTheAccountAreUsual() {
        const auto made = done({"create", "--permission=read"});
        COMPARE_JSON(made["permissions"], (json{{"workflows", "read"},
                                                {"workers", "read"},
                                                {"pages", "read"},
                                                {"analytics", "read"},
                                                {"account", "none"}}));
        QVERIFY(made["account"].is_null() && made["expires_on"].is_null());
        QVERIFY(made["name"].get<std::string>().starts_with("token "));
        QVERIFY(done({"create", "--permission=read", "--name", "ci"}).is_object());
        QVERIFY(
            done({"create", "--permission=read", "--name", "ci"}).is_object());  // names need not be unique
    }

    void mistakesAreNamed_data() {
        QTest::addColumn<QStringList>("arguments");
        QTest::addColumn<QString>("named");
        const auto row = [](const char* name, const QStringList& arguments, const char* named) {
            QTest::newRow(name) << arguments << QString(named);
        };
        row("verb", {"make"}, "create, list or revoke");
        row("nothing", {}, "create, list or revoke");
        row("permission", {"create"}, "--permission is missing");
        row("level", {"create", "--permission", "write"}, "read or edit");
        row("product", {"create", "--permission", "read", "--product", "pages,kv"}, "\"kv\"");
        row("no product", {"create", "--permission", "read", "--product", ""}, "product");
        row("expiry", {"create", "--permission", "read", "--expires", "soon"}, "--expires");
        row("number", {"create", "--permission", "read", "--expires", "30"}, "30 days");
        row("over", {"create", "--permission", "read", "--expires", "2020-01-01"}, "over");
        row("account", {"create", "--permission", "read", "--account", "a b"}, "account");
        row("value", {"create", "--permission"}, "needs a value");
        row("unknown", {"create", "--quiet", "1"}, "--quiet");
        row("id", {"revoke"}, "id of a token");
        row("not there", {"revoke", "nobody"}, "nobody");
        row("useless", {"list", "--name", "x"}, "token create");
    }
    void mistakesAreNamed() {
        QFETCH(QStringList, arguments);
        QFETCH(QString, named);
        std::vector<std::string> words;
        for (const auto& word : arguments)
            words.push_back(word.toStdString());
        if (!words.empty()) words.insert(words.begin() + 1, {"--data-dir", dir_});
        const auto line = run(words);
        QVERIFY(!line);
        QVERIFY2(QString::fromStdString(line.error().message).contains(named), line.error().message.c_str());
    }

    void aWrongFolderGetsNoDatabase() {
        const auto nowhere = dir_ + "/nowhere";
        const auto missing = run({"list", "--data-dir", nowhere});
        QVERIFY(!missing && missing.error().message.find(nowhere) != std::string::npos);
        QVERIFY(!QDir(QString::fromStdString(nowhere)).exists());
        QFile other(QString::fromStdString(dir_) + "/letter.txt");
        QVERIFY(other.open(QIODevice::WriteOnly));
        const auto foreign = run({"list", "--data-dir", dir_});
        QVERIFY(!foreign && foreign.error().message.find("not the data folder") != std::string::npos);
        QCOMPARE(QDir(QString::fromStdString(dir_)).entryList(QDir::Files).size(), 1);
        QVERIFY(run({"list"}).error().message.find("--data-dir") != std::string::npos);
    }
};

QTEST_GUILESS_MAIN(TokenCommandTest)
#include "tst_token_command.moc"
