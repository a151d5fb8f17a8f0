#ifndef Q_MOC_RUN  // moc 6.4 cannot read <compare>
#include "models/deploy/code_build.h"
#include "models/deploy/drop_kind.h"
#include "models/deploy/pages_project.h"
#include "models/deploy/site_reader.h"
#include "models/import/tools.h"
#include "models/site/functions_folder.h"
#include "models/site/routes_generation.h"
#endif
#include "tests/models/project_files.h"

#include <QRegularExpression>
#include <QTest>

using namespace stepwell;
using namespace stepwell::site;
using test::ProjectFiles;

namespace {

constexpr int patience = 60'000;

/// "GET /todos/:id", in the order in which they are tried; or the error.
QStringList routesOf(const std::vector<FunctionExport>& exports) {
    const auto routes = functionRoutes(exports);
    if (!routes) return {QString::fromStdString(routes.error().message)};
    QStringList list;
    for (const auto& route : *routes)
        list << QString::fromStdString((route.method.empty() ? "" : route.method + ' ') + route.path);
    return list;
}

QString problemOf(const std::string& file) {
    return routesOf({{file, "onRequest"}}).value(0);
}

/// What the groups of a pattern hold, by name; "-" when it does not match.
QString matchOf(const RoutePattern& pattern, const char* path) {
    const QRegularExpression expression(QString::fromStdString(pattern.source),
                                        QRegularExpression::CaseInsensitiveOption);
    const auto match = expression.match(QString::fromUtf8(path));
    if (!match.hasMatch()) return QStringLiteral("-");
    QStringList parts{match.captured(0)};
    for (std::size_t i = 0; i < pattern.parameters.size(); ++i)
        parts << QString::fromStdString(pattern.parameters[i].name) + '=' +
                     match.captured(static_cast<int>(i) + 1);
    return parts.join(' ');
}

FunctionRoute routeTo(const char* path, bool isMiddleware = false) {
    FunctionRoute route;
    route.path = path;
    (isMiddleware ? route.middleware : route.module) = "file.js:onRequest";
    return route;
}

RuleFiles rulesOf(const ProjectFiles& files) {
    RuleFiles rules;
    rules.functionsFolder = files.folder.filePath("functions").toStdString();
    rules.functions = functionFiles(rules.functionsFolder, false).value_or(std::vector<FunctionFile>());
    return rules;
}

/// Compiles to the end.
struct Build {
    explicit Build(const RuleFiles& rules)
        : build(findEsbuild()) {
        QObject::connect(&build, &CodeBuild::finished, &build, [this](const SiteCode& made) {
            code = made;
            ++ends;
        });
        QObject::connect(&build, &CodeBuild::failed, &build, [this](const QString& reason) {
            problem = reason;
            ++ends;
        });
        build.start(rules, true);
        QTRY_COMPARE_WITH_TIMEOUT(ends, 1, patience);
    }
    CodeBuild build;
    SiteCode code;
    QString problem;
    int ends = 0;
};

}  // namespace

class FunctionsTest : public QObject {
    Q_OBJECT

  private slots:
    void filesBecomeRoutesTheMoreExactFirst() {
        QCOMPARE(routesOf({{"todos/[id].ts", "onRequest"},
                           {"todos/[id].ts", "onRequestGet"},
                           {"todos/[id].ts", "helper"},
                           {"todos/[id].ts", "onRequestTrace"},
                           {"todos/all.tsx", "onRequestPost"},
                           {"books/[[title]].js", "onRequest"},
                           {"authors/[authorId]/todos/[todoId].mjs", "onRequestDelete"},
                           {"by-[name].js", "onRequest"},
                           {"index.jsx", "onRequestHead"},
                           {"todos/index.js", "onRequest"},
                           {"types.d.css", "onRequest"}}),
                 (QStringList{"DELETE /authors/:authorId/todos/:todoId", "POST /todos/all", "GET /todos/:id",
                              "/todos/:id", "/books/:title*", "/todos", "/by-:name", "HEAD /"}));
    }

    void theIndexOfAFolderWinsOverItsNamesake() {
        const auto routes = functionRoutes({{"foo.js", "onRequest"}, {"foo/index.js", "onRequest"}});
        QVERIFY(routes && routes->size() == 1);
        QCOMPARE(routes->front().module, std::string("foo/index.js:onRequest"));
    }

    void middlewareBelongsToItsFolder() {
        const auto routes = functionRoutes({{"_middleware.js", "onRequest"},
                                            {"api/_middleware.ts", "onRequestGet"},
                                            {"api/_middleware.ts", "onRequest"},
                                            {"api/index.ts", "onRequest"}});
        QVERIFY(routes);
        QCOMPARE(QString::fromStdString(routingConfig(*routes)).simplified(),
                 QString(R"({ "routes": [ )"
                         R"({ "routePath": "/api", "mountPath": "/api", "method": "GET", "middleware": [ )"
                         R"("api/_middleware.ts:onRequestGet" ] }, )"
                         R"({ "routePath": "/api", "mountPath": "/api", "method": "", "middleware": [ )"
                         R"("api/_middleware.ts:onRequest" ], "module": [ "api/index.ts:onRequest" ] }, )"
                         R"({ "routePath": "/", "mountPath": "/", "method": "", "middleware": [ )"
                         R"("_middleware.js:onRequest" ] } ], "baseURL": "/" })"));
    }

    void namesThatAreNoPathsAreRefusedWithTheirFile() {
        for (const char* file : {"a/[hyphen-not-allowed].ts", "a/[[hyphen-not-allowed]].ts", "[a.js", "a].js",
                                 "[].js", "x[[rest]].js", "[id]/[id].js", "[id]x.js", "a*.js", "a:b.js"}) {
            const auto problem = problemOf(file);
            QVERIFY2(problem.startsWith(QStringLiteral("functions/%1: ").arg(QLatin1String(file))),
                     qPrintable(problem));
        }
        QVERIFY(problemOf("a/[hyphen-not-allowed].ts").contains("\"hyphen-not-allowed\""));
        QVERIFY(problemOf("[id]/[id].js").contains("id is there twice"));
        QCOMPARE(problemOf("by-[name]-of.[year].js"), "/by-:name-of.:year");
    }

    void pathsMatchAsOnCloudflare() {
        QCOMPARE(matchOf(exactPattern("/todos/:id"), "/Todos/7/"), "/Todos/7/ id=7");
        QCOMPARE(matchOf(exactPattern("/todos/:id"), "/todos"), "-");
        QCOMPARE(matchOf(exactPattern("/todos/:id"), "/todos/7/8"), "-");
        QCOMPARE(matchOf(exactPattern("/c/:p*"), "/c"), "/c p=");
        QCOMPARE(matchOf(exactPattern("/c/:p*"), "/c/"), "/c/ p=");
        QCOMPARE(matchOf(exactPattern("/c/:p*"), "/c/a/b%20c"), "/c/a/b%20c p=a/b%20c");
        QCOMPARE(matchOf(exactPattern("/c/:p*/end"), "/c/a/b/end"), "/c/a/b/end p=a/b");
        QCOMPARE(matchOf(exactPattern("/a.b(c)"), "/a.b(c)"), "/a.b(c)");
        QCOMPARE(matchOf(exactPattern("/a.b"), "/axb"), "-");
        QCOMPARE(matchOf(exactPattern("/"), "/"), "/");
        QCOMPARE(matchOf(exactPattern("/"), "/x"), "-");
        QCOMPARE(matchOf(prefixPattern("/"), "//x/y"), "/");
        QCOMPARE(matchOf(prefixPattern("/api"), "/api/x"), "/api");
        QCOMPARE(matchOf(prefixPattern("/api"), "/apis"), "-");
        QCOMPARE(matchOf(prefixPattern("/api/:id"), "//api///7/x"), "//api///7 id=7");
    }

    void rulesSayWhichRequestsRunFunctions() {
        QCOMPARE(consolidatedRoutes({"/api/foo", "/api/foo/*", "/api/bar/*", "/api/*", "/foo", "/foo/bar",
                                     "/bar/*", "/bar/baz/*", "/bar/baz/hello"}),
                 (std::vector<std::string>{"/api/*", "/foo", "/foo/bar", "/bar/*"}));
        QCOMPARE(consolidatedRoutes({"/a", "/a", "/*"}), std::vector<std::string>{"/*"});
        QCOMPARE(routeRulesFor({routeTo("/bar/:barId/foo/:fooId"), routeTo("/api/:baz*"),
                                routeTo("/middleware", true), routeTo("/a/b/c")}),
                 (std::vector<std::string>{"/middleware/*", "/bar/*", "/api/*", "/a/b/c"}));
        QCOMPARE(routeRulesFor({routeTo("/", true), routeTo("/x")}), std::vector<std::string>{"/*"});
    }

    void longRulesAreShortened() {
        const auto segment = '/' + std::string(60, 'a');
        QCOMPARE(shortenedRoute(segment + segment), segment + "/*");
        QCOMPARE(shortenedRoute('/' + std::string(101, 'a')), std::string("/*"));
        const auto longest = '/' + std::string(99, 'a');
        QCOMPARE(shortenedRoute(longest), longest);
        QCOMPARE(shortenedRoute('/' + std::string(97, 'a') + "/bcd").size(), 100U);
        QCOMPARE(shortenedRoute('/' + std::string(98, 'a') + "/bcd"), std::string("/*"));
    }

    void moreThanAHundredRulesBecomeOne() {
        std::vector<FunctionRoute> routes;
        for (int i = 0; i < 100; ++i)
            routes.push_back(routeTo(("/f" + std::to_string(i)).c_str()));
        QCOMPARE(routeRulesFor(routes).size(), 100U);
        routes.push_back(routeTo("/f100"));
        QCOMPARE(routeRulesFor(routes), std::vector<std::string>{"/*"});
    }

    void aFolderIsReadFromTheTop() {
        ProjectFiles files;
        for (const char* name : {"functions/z.js", "functions/a/b.ts", "functions/a/a/c.js"})
            files.write(name, "export const onRequest = 1");
        files.write("functions/lib.js", "export const help = 1");
        files.write("functions/data.json", "{\"onRequest\":1}");
        files.write("functions/node_modules/x/index.js", "export const onRequest = 1");
        QStringList found;
        for (const auto& file : rulesOf(files).functions)
            found << QString::fromStdString(file.path) + (file.mayAnswer ? "" : " idle");
        QCOMPARE(found, (QStringList{"lib.js idle", "z.js", "a/b.ts", "a/a/c.js"}));
    }

    void functionsBelongToTheProjectOfAnOutputFolder() {
        ProjectFiles files;
        files.write("shop/wrangler.jsonc", R"({"pages_build_output_dir":"build/client","vars":{"A":"1"},
            "compatibility_flags":["nodejs_compat"],"env":{"preview":{"vars":{"A":2}}}})");
        files.write("shop/functions/a.js", "export const onRequest = 1");
        files.write("shop/build/client/index.html", "x");
        files.write("shop/docs/index.html", "x");
        files.write("blog/package.json", "{}");
        files.write("blog/dist/package.json", "{}");
        files.write("worker/wrangler.toml", "name = \"w\"\nmain = \"a.js\"\n");
        files.write("worker/dist/index.html", "x");
        const auto at = [&](const char* name) { return files.folder.filePath(name); };
        QCOMPARE(choiceFor({at("shop")}).paths, QStringList{at("shop/build/client")});
        const auto shop = projectOf(at("shop/build/client"));
        QCOMPARE(shop.folder, at("shop"));
        QCOMPARE(projectOf(at("shop/docs")).folder, QString());
        QCOMPARE(projectOf(at("blog/dist")).folder, at("blog"));
        QCOMPARE(projectOf(at("worker/dist")).folder, QString());
        QCOMPARE(codeSettings(shop.config, true).varsJson, std::string(R"({"A":"1"})"));
        QCOMPARE(codeSettings(shop.config, false).varsJson, std::string(R"({"A":2})"));
        QCOMPARE(codeSettings(shop.config, false).compatibilityFlags,
                 std::vector<std::string>{"nodejs_compat"});

        SiteReader reader({at("shop/build/client")});
        reader.start();
        QTRY_VERIFY_WITH_TIMEOUT(reader.site() != nullptr, patience);
        QCOMPARE(reader.site()->rules.functionsFolder, at("shop/functions").toStdString());
        QVERIFY(reader.site()->rules.hasFunctions());
        const auto before = reader.site();
        files.write("shop/functions/a.js", "export const onRequest = 22");
        reader.start();
        QTRY_VERIFY_WITH_TIMEOUT(reader.site() != before, patience);
        QVERIFY2(reader.site()->rules != before->rules, "a function that changed is news");
    }

    void functionsAreCompiledWithoutBeingRun() {
        if (findEsbuild().isEmpty()) QSKIP("esbuild is not installed: run packaging/test, which sets it up");
        ProjectFiles files;
        files.write("functions/lib.ts", "export const name: string = 'onRequest';");
        files.write("functions/a=b.ts", "import { name } from './lib';\nthrow new Error('runs');\n"
                                        "export const onRequestGet = () => new Response(name);");
        files.write("functions/_middleware.js", "export const onRequest = [({ next }) => next()];");
        Build built(rulesOf(files));
        QVERIFY2(built.problem.isEmpty(), qPrintable(built.problem));
        QVERIFY(built.code.bundle.find("functions.js") != std::string::npos);
        QVERIFY(built.code.routes.find("\"/*\"") != std::string::npos);
        QVERIFY(built.code.routingConfig.find("a=b.ts:onRequestGet") != std::string::npos);
        QVERIFY(built.code.routingConfig.find("lib.ts") == std::string::npos);
    }

    void theSameFunctionsMakeTheSameCodeWithASourceMap() {
        if (findEsbuild().isEmpty()) QSKIP("esbuild is not installed: run packaging/test, which sets it up");
        ProjectFiles files;
        files.write("functions/a.ts", "export const onRequest = () => new Response('a' as string);");
        const Build built(rulesOf(files)), again(rulesOf(files));
        QVERIFY2(built.problem.isEmpty(), qPrintable(built.problem));
        QVERIFY(built.code.bundle.find("functions.js.map") != std::string::npos);
        QVERIFY(built.code.bundle.find("\"functions/a.ts\"") != std::string::npos);
        QVERIFY2(built.code.bundle == again.code.bundle, "wherever it was compiled");
        for (const auto& part : built.code.parts)
            QVERIFY(!QString::fromStdString(part.name).endsWith(".map"));
    }

    void aSourceMapThatHasNoRoomIsLeftOut() {
        const std::vector<WorkerModule> code{{"index.js", "application/javascript+module", "1"},
                                             {"index.js.map", std::string(sourceMapType), "{}"}};
        QVERIFY(workerBundleThatFits(code, {}).find("index.js.map") != std::string::npos);
        auto large = code;
        large[1].bytes.resize(largestWorkerBundle);
        QVERIFY(workerBundleThatFits(large, {}).find("index.js.map") == std::string::npos);
    }

    void theRoutesOfAPersonWin() {
        if (findEsbuild().isEmpty()) QSKIP("esbuild is not installed: run packaging/test, which sets it up");
        ProjectFiles files;
        files.write("functions/a.js", "export const onRequest = () => new Response('a');");
        auto rules = rulesOf(files);
        rules.routes = "{\"mine\":1}";
        QCOMPARE(Build(rules).code.routes, rules.routes);
    }

    void whatDoesNotCompileIsNamedWithItsLine() {
        if (findEsbuild().isEmpty()) QSKIP("esbuild is not installed: run packaging/test, which sets it up");
        ProjectFiles files;
        files.write("functions/api/a.js", "export const onRequest = () => {\n  return new (;\n};");
        const Build syntax(rulesOf(files));
        QVERIFY2(syntax.problem.contains("functions/api/a.js:2:"), qPrintable(syntax.problem));
        files.write("functions/api/a.js", "import x from 'nowhere';\nexport const onRequest = x;");
        const Build import(rulesOf(files));
        QVERIFY2(import.problem.contains("functions/api/a.js:1:") && import.problem.contains("nowhere"),
                 qPrintable(import.problem));
        files.write("functions/api/a.js", "export const onRequest = 1;");
        files.write("functions/api/[a-b].js", "export const onRequest = 1;");
        const Build name(rulesOf(files));
        QVERIFY2(name.problem.contains("functions/api/[a-b].js: "), qPrintable(name.problem));
    }

    void filesWithoutHandlersAreNoCode() {
        if (findEsbuild().isEmpty()) QSKIP("esbuild is not installed: run packaging/test, which sets it up");
        ProjectFiles files;
        files.write("functions/index.js", "exports.hello = require('x').onRequest(() => {});");
        const Build built(rulesOf(files));
        QVERIFY2(built.problem.isEmpty(), qPrintable(built.problem));
        QVERIFY(built.code.bundle.empty() && built.code.routes.empty());
    }
};

QTEST_GUILESS_MAIN(FunctionsTest)
#include "test_functions.moc"
