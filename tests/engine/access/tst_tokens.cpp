#ifndef Q_MOC_RUN  // moc 6.4 cannot read <compare>
#include "app/engine/access/access.h"
#include "app/engine/access/database.h"
#include "app/engine/access/secret.h"
#endif

#include <sys/stat.h>

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

using namespace stepwell;
using namespace stepwell::engine;
using namespace stepwell::engine::access;
using std::chrono::hours;

namespace {

constexpr api::Time start{api::Milliseconds{1'800'000'000'000}};
const std::string ownerToken = "0123456789abcdef0123456789abcdef";

NewToken wanted(Product product = Product::workflows, Level level = Level::edit) {
    NewToken token;
    token.permissions.grant(product, level);
    return token;
}

}  // namespace

class TokensTest : public QObject {
    Q_OBJECT

    QTemporaryDir folder_;
    std::filesystem::path file_;
    api::Time now_ = start;
    std::string warning_;

    std::unique_ptr<Access> open() {
        AccessOptions options;
        options.file = file_;
        options.ownerToken = ownerToken;
        options.now = [this] { return now_; };
        options.onWarning = [this](const std::string& message) { warning_ = message; };
        return std::move(*Access::open(std::move(options)));
    }
    /// What a command does beside a running engine.
    std::unique_ptr<Sqlite> another() { return std::move(*openDatabase(file_)); }

  private slots:
    void init() {
        static int number = 0;
        file_ = folder_.filePath(QString::number(++number) + ".db").toStdString();
        now_ = start;
    }

    void aTokenIsFoundByItselfAlone() {
        const auto access = open();
        const auto made = createToken(*another(), wanted(), now_);
        QVERIFY(made);
        QVERIFY(made->secret.starts_with(tokenPrefix));
        QCOMPARE(made->secret.size(), tokenPrefix.size() + 64);
        const auto found = access->identify(made->secret);
        QVERIFY(found);
        QCOMPARE(found->token.id, made->token.id);
        QVERIFY(found->token.permissions.of(Product::workflows) == Level::edit);
        QVERIFY(found->token.permissions.of(Product::pages) == Level::none);
        auto other = made->secret;
        other.back() = other.back() == '0' ? '1' : '0';
        for (const auto& wrong : {other, made->token.id, hashOf(made->secret), std::string()})
            QVERIFY(!access->identify(wrong));
        QVERIFY(access->identify(ownerToken)->kind == Identity::Kind::owner);
    }

    void whatAnotherProcessDoesCountsAtOnce() {
        const auto access = open();
        const auto command = another();
        const auto made = createToken(*command, wanted(), now_);
        QVERIFY(access->isActive(*access->identify(made->secret)));
        QVERIFY(revokeToken(*command, made->token.id, now_));
        const auto revoked = access->identify(made->secret);
        QVERIFY(revoked);
        QVERIFY(!access->isActive(*revoked));
        QVERIFY(stateOf(revoked->token, now_) == TokenState::disabled);
        const auto again = revokeToken(*command, made->token.id, now_);
        QVERIFY(!again && again.error().message.find("already") != std::string::npos);
        QCOMPARE(revokeToken(*command, "nobody", now_).error().http, 404);
    }

    void tokensOfAnotherAccountAreToldOfAtTheStart() {
        auto foreign = wanted();
        foreign.account = "acme";
        QVERIFY(createToken(*another(), foreign, now_));
        QVERIFY(createToken(*another(), wanted(), now_));
        open();
        QVERIFY2(warning_.find("An API token opens nothing here") != std::string::npos, warning_.c_str());
        QVERIFY2(warning_.find("--account acme") != std::string::npos, warning_.c_str());
    }

    void whatCouldNotBeReadIsReadAgain() {
        const auto access = open();
        const auto command = another();
        const auto made = createToken(*command, wanted(), now_);
        QVERIFY(access->isActive(*access->identify(made->secret)));
        QVERIFY(revokeToken(*command, made->token.id, now_));
        // The number of the generation can be read, and the tokens cannot.
        QVERIFY(command->exec("ALTER TABLE tokens RENAME COLUMN hash TO digest"));
        QVERIFY(access->identify(made->secret));
        access->tick();
        QVERIFY2(warning_.find("cannot be used") != std::string::npos, warning_.c_str());
        QVERIFY(command->exec("ALTER TABLE tokens RENAME COLUMN digest TO hash"));
        QVERIFY(!access->isActive(*access->identify(made->secret)));
    }

    void aTokenExpiresToTheMillisecond() {
        const auto access = open();
        auto token = wanted();
        token.expires = start + hours(1);
        const auto made = createToken(*another(), token, now_);
        now_ = start + hours(1) - api::Milliseconds(1);
        QVERIFY(access->isActive(*access->identify(made->secret)));
        now_ += api::Milliseconds(1);
        QVERIFY(!access->isActive(*access->identify(made->secret)));
        QVERIFY(!createToken(*another(), token, now_));
    }

    void onlyHashesAreStored() {
        std::string secret;
        {
            const auto access = open();
            secret = createToken(*another(), wanted(), now_)->secret;
            QVERIFY(access->identify(secret));
        }
        const QDir dir(folder_.path());
        const auto files = dir.entryList(QDir::Files);
        QVERIFY(!files.empty());
        for (const auto& name : files) {
            QFile file(dir.filePath(name));
            QVERIFY(file.open(QIODevice::ReadOnly));
            QVERIFY2(!file.readAll().contains(QByteArray::fromStdString(secret)), qPrintable(name));
            struct stat about {};
            QCOMPARE(::stat(dir.filePath(name).toUtf8().constData(), &about), 0);
            QCOMPARE(about.st_mode & 0777U, 0600U);
        }
    }

    void usesAreToldAtOnceAndStoredLater() {
        auto access = open();
        const auto made = createToken(*another(), wanted(), now_);
        now_ += std::chrono::seconds(5);
        access->noteUse(*access->identify(made->secret));
        QVERIFY(access->tokens().front()->token.used == now_);
        access->tick();
        access->ledger()->flush();
        QVERIFY(loadTokens(*another())->front().token.used == start + std::chrono::seconds(5));
        now_ += std::chrono::seconds(59);
        access->noteUse(*access->identify(made->secret));
        access->tick();
        access->ledger()->flush();
        QVERIFY(loadTokens(*another())->front().token.used == start + std::chrono::seconds(5));
        QVERIFY(access->tokens().front()->token.used == now_);
        now_ += std::chrono::seconds(1);
        access->noteUse(*access->identify(made->secret));
        access.reset();
        QVERIFY(loadTokens(*another())->front().token.used == now_);
    }

    void streamsEndWithTheirToken() {
        const auto access = open();
        const auto command = another();
        const auto made = createToken(*command, wanted(), now_);
        bool isOpen = true;
        bool ofOwner = true;
        access->opened(access->identify(made->secret), need::readWorkflows,
                       {[&] { return isOpen; }, [&] { isOpen = false; }});
        access->opened(owner(), need::readWorkflows, {[&] { return ofOwner; }, [&] { ofOwner = false; }});
        access->tick();
        QVERIFY(isOpen);
        revokeToken(*command, made->token.id, now_);
        access->tick();
        QVERIFY(!isOpen && ofOwner);
    }

    void whatCannotBeAToken_data() {
        QTest::addColumn<QByteArray>("why");
        for (const char* why : {"nothing", "name", "line", "account", "over"})
            QTest::newRow(why) << QByteArray(why);
    }
    void whatCannotBeAToken() {
        QFETCH(QByteArray, why);
        auto token = wanted();
        if (why == "nothing") token.permissions = {};
        if (why == "name") token.name = std::string(121, 'x');
        if (why == "line") token.name = "two\nlines";
        if (why == "account") token.account = "a b";
        if (why == "over") token.expires = start;
        const auto made = createToken(*another(), token, now_);
        QVERIFY(!made);
        QCOMPARE(made.error().http, 400);
        QVERIFY(loadTokens(*another())->empty());
    }

    void thereIsAnEndToTokens() {
        const auto db = another();
        db->exec("BEGIN");
        for (std::int64_t i = 0; i < mostTokens; ++i) {
            const auto id = std::to_string(i);
            db->query(
                  "INSERT INTO tokens(id, hash, name, account, permissions, created) VALUES(?, ?, '', '', "
                  "'pages=read', 0)")
                .bind(id)
                .bind(id)
                .run();
        }
        db->exec("COMMIT");
        const auto refused = createToken(*db, wanted(), now_);
        QVERIFY(!refused);
        QCOMPARE(refused.error().http, 409);
        QVERIFY(revokeToken(*db, "7", now_));
        QVERIFY(createToken(*db, wanted(), now_));
    }

    void expiries() {
        QVERIFY(expiryOf("2027-01-31", start) == *api::fromIso("2027-01-31T00:00:00Z"));
        QVERIFY(expiryOf("30 days", start) == start + hours(24 * 30));
        QVERIFY(expiryOf("12 hours", start) == start + hours(12));
        for (const char* wrong : {"30", "soon", "", "-1 day", "0 seconds", "101 years", "1 fortnight"})
            QVERIFY2(!expiryOf(wrong, start), wrong);
    }

    void aFileThatIsNoDatabaseIsNamed() {
        QFile file(QString::fromStdString(file_.string()));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(QByteArray(4096, 'x'));
        file.close();
        const auto opened = openDatabase(file_);
        QVERIFY(!opened);
        QVERIFY(opened.error().message.find(file_.string()) != std::string::npos);
        QVERIFY(opened.error().message.find("backup") != std::string::npos);
    }

    void theBrakeSparesTheOwnerHere() {
        const auto access = open();
        for (int i = 0; i < 20; ++i) {
            access->wrongCredential("127.0.0.1");
            access->wrongCredential("192.0.2.7");
        }
        QVERIFY(access->braked("127.0.0.1", nullptr));
        QVERIFY(!access->braked("127.0.0.1", owner().get()));
        QVERIFY(access->braked("192.0.2.7", owner().get()));
        QVERIFY(!access->braked("192.0.2.8", nullptr));
        access->ledger()->flush();
        AuditQuery query;
        query.action = "brake";
        QCOMPARE(listAudit(*another(), query)->total, std::int64_t{2});
    }
};

QTEST_GUILESS_MAIN(TokensTest)
#include "tst_tokens.moc"
