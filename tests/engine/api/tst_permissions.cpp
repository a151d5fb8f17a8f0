#ifndef Q_MOC_RUN  // moc 6.4 cannot read <compare>
#include "app/engine/access/database.h"
#include "app/engine/access/token_store.h"
#include "app/engine/api/pages_token.h"
#include "app/engine/api/unique.h"
#include "tests/engine/api/rig.h"
#endif

#include <QTemporaryDir>
#include <QTest>

#include <fstream>
#include <set>

using namespace stepwell;
using namespace stepwell::engine;
using namespace stepwell::test;
using access::Level;
using access::Need;
using access::Product;

namespace {

api::Time systemNow() {
    return std::chrono::floor<api::Milliseconds>(std::chrono::system_clock::now());
}

std::string needName(const Need& need) {
    switch (need.who()) {
    case Need::Who::anyone:
        return "anyone";
    case Need::Who::knownToken:
        return "known token";
    case Need::Who::anyToken:
        return "any token";
    case Need::Who::permitted:
        break;
    }
    return need.name();
}

std::string lineOf(const http::Route& route) {
    return std::string(toString(route.method)) + ' ' + route.name + " | " + needName(route.need);
}

/// A path that the route matches; of the account "local".
std::string pathOf(const http::Route& route) {
    std::string path;
    for (const auto& segment : route.pattern)
        path += '/' + (segment == "{account}" ? "local" : segment.starts_with('{') ? "x" : segment);
    return path;
}

bool hasAccount(const http::Route& route) {
    return route.name.find("{account}") != std::string::npos;
}

/// What the gate said: the status of its refusal and its words; 0: it let the request in.
struct Verdict {
    int status = 0;
    std::string message;
    bool names(const std::string& text) const { return message.find(text) != std::string::npos; }
};

}  // namespace

/// Walks through every route there is with tokens of every kind.
class PermissionsTest : public QObject {
    Q_OBJECT

    QTemporaryDir folder_;
    std::string jwtKey_;
    std::unique_ptr<Rig> rig_;
    std::unique_ptr<Sqlite> db_;

    struct Bearer {
        std::string id;
        std::string secret;
    };

    Bearer make(const access::Permissions& permissions, const std::string& account = {},
                std::optional<api::Time> expires = {}) {
        access::NewToken wanted{{}, account, permissions, expires};
        const auto made = access::createToken(*db_, wanted, systemNow());
        return {made->token.id, made->secret};
    }
    Bearer make(Level level) {
        access::Permissions permissions;
        for (const auto product : access::allProducts)
            permissions.grant(product, level);
        return make(permissions);
    }
    static access::Permissions allBut(Product product) {
        auto permissions = access::Permissions::all();
        permissions.grant(product, Level::none);
        return permissions;
    }
    /// One that has expired since.
    Bearer expired() {
        const auto bearer = make(Level::edit);
        db_->query("UPDATE tokens SET expires = 1 WHERE id = ?").bind(bearer.id).run();
        db_->exec("UPDATE generation SET number = number + 1");
        return bearer;
    }
    Bearer revoked() {
        const auto bearer = make(Level::edit);
        access::revokeToken(*db_, bearer.id, systemNow());
        return bearer;
    }

    Verdict askFor(const http::Route& route, const Bearer& bearer, const std::string& query = {}) {
        const auto credential =
            route.issuer
                ? rest::issueUploadToken(jwtKey_, {bearer.id, "p", 1, std::chrono::seconds(60)}, systemNow())
                : bearer.secret;
        const auto answer = ask(rig_->port(), std::string(toString(route.method)), pathOf(route) + query,
                                "Authorization: Bearer " + credential + "\r\nConnection: close\r\n", "{}");
        const auto body = parsed(answer);
        const auto message = body.message();
        const bool byGate = (answer.status == 401 || answer.status == 403) &&
                            message.find("can give no more") == std::string::npos;
        return {byGate ? answer.status : 0, message};
    }

    template <class Check>
    void onEveryRoute(const Bearer& bearer, Check check) {
        for (const auto& route : rig_->router().routes()) {
            const auto verdict = askFor(route, bearer);
            const auto wrong = check(route, verdict);
            QVERIFY2(wrong.empty(), (lineOf(route) + ": " + wrong + "; it said " +
                                     std::to_string(verdict.status) + " " + verdict.message)
                                        .c_str());
        }
    }

    /// Let in where the permissions are enough, else refused with the permission that is missing.
    static std::string fits(const http::Route& route, const Verdict& verdict,
                            const access::Permissions& permissions) {
        if (route.need.metBy(permissions)) return verdict.status == 0 ? "" : "it should be let in";
        if (verdict.status != 403) return "it should be refused with 403";
        return verdict.names(route.need.name()) ? "" : "the permission should be named";
    }

  private slots:
    void initTestCase() {
        const std::filesystem::path dir = folder_.path().toStdString();
        ServerOptions options;
        options.accessFile = dir / access::databaseName;
        pages::ServiceOptions siteOptions;
        siteOptions.dataDir = dir;
        siteOptions.newUuid = rest::newUuid;
        siteOptions.now = systemNow;
        auto sites = std::move(*pages::Service::open(std::move(siteOptions)));
        jwtKey_ = sites->tokenKey();
        rig_ = std::make_unique<Rig>(std::move(options), std::move(sites));
        rig_->engine.reply = [](const engine::Request&) -> Reply { return api::fail(404, 1, "not here"); };
        db_ = std::move(*access::openDatabase(dir / access::databaseName));
    }
    void cleanupTestCase() { rig_.reset(); }

    /// The table of permissions.txt is what all routes ask for: who adds a route writes its line there.
    void theTableIsComplete() {
        std::set<std::string> table;
        std::ifstream file(STEPWELL_PERMISSIONS);
        for (std::string line; std::getline(file, line);)
            if (!line.empty() && line.front() != '#') table.insert(line);
        for (const auto& route : rig_->router().routes())
            QVERIFY2(table.erase(lineOf(route)) == 1, ("not in permissions.txt: " + lineOf(route)).c_str());
        QVERIFY2(table.empty(), table.empty() ? "" : ("no such route: " + *table.begin()).c_str());
    }

    void readingIsNotEditing() {
        access::Permissions permissions;
        for (const auto product : access::allProducts)
            permissions.grant(product, Level::read);
        onEveryRoute(make(Level::read), [&](const http::Route& route, const Verdict& verdict) {
            return fits(route, verdict, permissions);
        });
    }

    void oneProductIsNotAnother_data() {
        QTest::addColumn<int>("product");
        for (const auto product : access::allProducts)
            QTest::newRow(std::string(toString(product)).c_str()) << static_cast<int>(product);
    }
    void oneProductIsNotAnother() {
        QFETCH(int, product);
        const auto lacking = allBut(static_cast<Product>(product));
        onEveryRoute(make(lacking), [&](const http::Route& route, const Verdict& verdict) {
            return fits(route, verdict, lacking);
        });
    }

    void everythingIsEnough() {
        onEveryRoute(make(Level::edit), [](const http::Route&, const Verdict& verdict) {
            return std::string(verdict.status == 0 ? "" : "it should be let in");
        });
    }

    void whatIsOverIsOver_data() {
        QTest::addColumn<bool>("revoked");
        QTest::newRow("expired") << false;
        QTest::newRow("revoked") << true;
    }
    void whatIsOverIsOver() {
        QFETCH(bool, revoked);
        const auto word = revoked ? "was revoked" : "has expired";
        onEveryRoute(revoked ? this->revoked() : expired(),
                     [&](const http::Route& route, const Verdict& verdict) -> std::string {
                         const auto who = route.need.who();
                         if (who == Need::Who::anyone || who == Need::Who::knownToken)
                             return verdict.status == 0 ? "" : "it should be let in";
                         if (verdict.status != 401) return "it should be refused with 401";
                         // GraphQL and uploads have words of their own.
                         const bool own = static_cast<bool>(route.refusal);
                         return own || verdict.names(word) ? ""
                                                           : "it should be told what became of the token";
                     });
    }

    void aTokenOfAnotherAccountOpensNothingHere() {
        onEveryRoute(make(access::Permissions::all(), "other"),
                     [](const http::Route& route, const Verdict& verdict) -> std::string {
                         const bool inside = hasAccount(route) || route.need.who() == Need::Who::permitted;
                         if (!inside) return verdict.status == 0 ? "" : "it should be let in";
                         if (verdict.status != 403) return "it should be refused with 403";
                         return verdict.names("\"other\"") ? "" : "the account should be named";
                     });
    }

    void strangersSeeNothing() {
        // Fewer than put on the brake: the rest of them is tried in the test of the brake.
        int tried = 0;
        for (const auto& route : rig_->router().routes()) {
            if (route.need.who() == Need::Who::anyone || route.issuer) continue;
            const auto method = std::string(toString(route.method));
            const auto answer = ask(rig_->port(), method, pathOf(route), "Connection: close\r\n", "{}");
            QVERIFY2(answer.status == 401, lineOf(route).c_str());
            QVERIFY(answer.fields.contains("www-authenticate"));
            ++tried;
        }
        QVERIFY(tried > 90);
    }

    void logsOfHandlersAreThoseOfWorkers() {
        const auto bearer = make(allBut(Product::workers));
        for (const auto& route : rig_->router().routes()) {
            if (!route.needOf) continue;
            QCOMPARE(askFor(route, bearer, "?workflow=a&instance=b").status, 0);
            QVERIFY(askFor(route, bearer, "?script=a").names("Workers: read"));
            return;
        }
        QFAIL("there is no such route");
    }
};

QTEST_GUILESS_MAIN(PermissionsTest)
#include "tst_permissions.moc"
