#include "app/engine/graphql/parser.h"
#include "app/engine/graphql/validate.h"
#include "tests/engine/graphql/sample.h"

#include <QtTest>

using namespace stepwell::engine::graphql;

class ValidationTest : public QObject {
    Q_OBJECT
  private slots:
    void accepts_data();
    void accepts();
    void refuses_data();
    void refuses();
    void acceptsEverySpelling_data();
    void acceptsEverySpelling();
    void staysQuick_data();
    void staysQuick();

  private:
    std::vector<Error> errorsOf(const std::string& text) const {
        const auto document = parse(text);
        if (!document) return {document.error()};
        return validate(schema_, *document);
    }

    Schema schema_ = sampleSchema();
};

void ValidationTest::accepts_data() {
    QTest::addColumn<QString>("document");
    for (const char* document : {
             "{viewer{name}}",
             "{a: viewer{name} b: viewer{x: name, accounts{tag}}}",
             "{viewer{...F}} fragment F on viewer {name ...{self{...G}}} fragment G on viewer {name}",
             "{viewer{name} viewer{name self{name}} viewer{self{maybe{name}}}}",
             "{need(value: 1, filter: {})} ",
             "query($v: Int!, $f: filter!) {need(value: $v, filter: $f, flag: true)}",
             "query($v: Int = 3) {need(value: $v, filter: {inner: {must: $v}})}",
             "query($f: Boolean) {need(value: 1, filter: {}, flag: $f)}",
             "query($t: [string!]) {viewer{accounts(filter: {tag_in: $t, OR: [{tag: \"a\"}, {AND: {tag: "
             "null}}]}){tag}}}",
             "query($s: Boolean!) {viewer @skip(if: $s) @include(if: true) {name}}",
             "{viewer{accounts(orderBy: [tag_ASC, count_DESC], limit: 5){...@include(if: false){tag} "
             "__typename}}}",
             "{viewer{accounts(orderBy: tag_DESC){tag}}}",
             "{echo(real: 1, whole: -5, natural: 18446744073709551615, id: 5, matrix: [[1], [null], null])}",
             "{echo(matrix: 5, texts: \"one\", time: \"2026-01-01T00:00:00Z\", date: \"2026-01-01\")}",
             "{__schema{types{name fields(includeDeprecated: true){name}}} __type(name: \"x\"){kind}}",
             "query A {viewer{name}} query B {maybe{name}} mutation M {anything(x: {y: 1}){z}}",
             "{echo(filter: {tag: \"a\", inner: {must: 1}}) echo(filter: {inner: {must: 1}, tag: \"a\"})}",
         })
        QTest::newRow(document) << QString(document);
}

void ValidationTest::accepts() {
    QFETCH(QString, document);
    const auto errors = errorsOf(document.toStdString());
    QVERIFY2(errors.empty(), errors.empty() ? "" : errors.front().message.c_str());
}

void ValidationTest::refuses_data() {
    QTest::addColumn<QString>("document");
    QTest::addColumn<QString>("why");
    const auto row = [](const char* why, std::initializer_list<const char*> documents) {
        for (const auto* document : documents)
            QTest::newRow(document) << QString(document) << QString(why);
    };
    row("only one operation named", {"query A {echo} query A {echo}"});
    row("without a name must be the only", {"{echo} query A {echo}", "{echo} {echo}"});
    row("unknown field",
        {"{nothing}", "{viewer{nothing{a}}}", "{viewer{__schema{types{name}}}}", "{__nothing}"});
    row("can never apply", {"{viewer{...on account{tag}}}", "{viewer{...F}} fragment F on account{tag}"});
    row("stands for both", {"{viewer{a: name a: __typename}}", "{viewer{a: name ...{a: __typename}}}",
                            "{viewer{self{a: name}} viewer{self{a: __typename}}}",
                            "{viewer{...A ...B}} fragment A on viewer{self{x: name}} "
                            "fragment B on viewer{self{x: __typename}}"});
    row("different arguments", {"{echo(text: \"a\") echo(text: \"b\")}", "{echo(text: \"a\") echo}",
                                "query($a: string, $b: string) {echo(text: $a) echo(text: $b)}"});
    row("object field must have selections", {"{viewer}", "{viewer{accounts}}"});
    row("scalar fields must have no selections", {"{echo{a}}", "{__typename{a}}"});
    row("unknown arg", {"{echo(nothing: 1)}", "{viewer @skip(if: true, and: 1) {name}}"});
    row("only one argument named", {"{echo(text: \"a\", text: \"a\")}"});
    row("is required",
        {"{need(value: 1)}", "{need(filter: {})}", "{viewer @skip {name}}", "{echo(filter: {inner: {}})}"});
    row("unknown fragment", {"{viewer{...F}}"});
    row("only one fragment named", {"{viewer{...F}} fragment F on viewer{name} fragment F on viewer{name}"});
    row("never used", {"{echo} fragment F on viewer{name}",
                       "{echo} fragment F on viewer{...G} fragment G on viewer{...F}"});
    row("spreads itself",
        {"{viewer{...F}} fragment F on viewer{...F}",
         "{viewer{...F}} fragment F on viewer{self{...G}} fragment G on viewer{maybe{...F}}"});
    row("unknown type",
        {"{... on nothing{a}}", "{...F} fragment F on nothing{a}", "query($a: nothing) {echo(text: $a)}"});
    row("fragments cannot be made on", {"{... on filter{a}}", "{...F} fragment F on string{a}"});
    row("expected a value of type", {"{echo(text: 1)}",
                                     "{echo(whole: 1.5)}",
                                     "{echo(natural: -1)}",
                                     "{echo(real: \"1\")}",
                                     "{echo(truth: 1)}",
                                     "{echo(time: \"yesterday\")}",
                                     "{echo(date: \"2026-02-30\")}",
                                     "{echo(order: nothing)}",
                                     "{echo(order: \"tag_ASC\")}",
                                     "{echo(small: 3000000000)}",
                                     "{echo(natural: 18446744073709551616)}",
                                     "{echo(filter: 1)}",
                                     "{echo(filter: [{}])}",
                                     "{echo(texts: [\"a\", null])}",
                                     "{echo(matrix: [[\"a\"]])}",
                                     "{echo(text: [\"a\"])}",
                                     "{need(value: null, filter: {})}",
                                     "{echo(text: {a: 1})}",
                                     "{echo(id: 1.5)}",
                                     "query($a: Int = \"x\") {echo(small: $a)}",
                                     "query($a: Int! = null) {echo(small: $a)}"});
    row("unknown field \"nothing\" of input type",
        {"{echo(filter: {nothing: 1})}", "{echo(filter: {AND: [{nothing: 1}]})}"});
    row("only one input field named",
        {"{echo(filter: {tag: \"a\", tag: \"a\"})}", "{nothing(a: {b: 1, b: 1})}"});
    row("unknown directive", {"{echo @nothing}", "query($a: Int @nothing) {echo(small: $a)}"});
    row("may not stand on", {"query @skip(if: true) {echo}", "{echo @deprecated}"});
    row("there can be only one @skip", {"{echo @skip(if: true) @skip(if: false)}"});
    row("only one variable named", {"query($a: Int, $a: Int) {echo(small: $a)}"});
    row("it is no input type", {"query($a: viewer) {echo(small: $a)}"});
    row("is not defined",
        {"{echo(text: $a)}", "query Q {viewer{...F}} fragment F on viewer{accounts(limit: $a){tag}}",
         "{echo(filter: {OR: [{tag: $a}]})}", "{echo @skip(if: $a)}"});
    row("is never used", {"query($a: Int) {echo}"});
    row("is used where", {"query($a: Int) {echo(text: $a)}", "query($a: Int) {need(value: $a, filter: {})}",
                          "query($a: [string]) {echo(texts: $a)}", "query($a: string) {echo(texts: $a)}",
                          "query($a: string) {echo(texts: [$a])}", "query($a: Boolean) {echo @skip(if: $a)}",
                          "query($a: float64) {echo(whole: $a)}", "query($a: order) {echo(text: $a)}",
                          "query($a: Boolean = null) {echo @skip(if: $a)}"});
}

void ValidationTest::refuses() {
    QFETCH(QString, document);
    QFETCH(QString, why);
    const auto errors = errorsOf(document.toStdString());
    const bool told = std::any_of(errors.begin(), errors.end(), [&](const Error& error) {
        return error.http == 400 && error.message.find(why.toStdString()) != std::string::npos;
    });
    QVERIFY2(told, errors.empty() ? "accepted" : errors.front().message.c_str());
}

void ValidationTest::acceptsEverySpelling_data() {
    QTest::addColumn<QString>("document");
    for (const char* document :
         {"query($a: String) {echo(text: $a)}", "query($a: string) {echo(text: $a)}",
          "query($a: DateTime!) {echo(time: $a)}", "query($a: Time) {echo(time: $a)}",
          "query($a: Date) {echo(date: $a)}", "query($a: Int) {echo(natural: $a)}",
          "query($a: uint64) {echo(whole: $a)}", "query($a: uint32) {echo(natural: $a)}",
          "query($a: Float) {echo(real: $a)}", "query($a: float64) {echo(real: $a)}",
          "query($a: Boolean) {echo(truth: $a)}", "query($a: bool) {echo(truth: $a)}",
          "query($a: [String!]!) {echo(texts: $a)}",
          "query($a: [DateTime!], $b: String!) {echo(time: null, text: $b) "
          "x: viewer{accounts(filter: {tag_in: [$b]}){tag}} "
          "y: echo @skip(if: false) ... on Query {z: __typename}}"})
        QTest::newRow(document) << QString(document);
}

void ValidationTest::acceptsEverySpelling() {
    QFETCH(QString, document);
    const auto errors = errorsOf(document.toStdString());
    const bool unused = !errors.empty() && errors.front().message.find("never used") != std::string::npos;
    QVERIFY2(errors.empty() || unused, errors.empty() ? "" : errors.front().message.c_str());
}

void ValidationTest::staysQuick_data() {
    QTest::addColumn<QString>("document");
    QString same;
    for (int i = 0; i < 9'000; ++i)
        same += " name";
    QTest::newRow("one field again and again") << "{viewer{" + same + "}}";
    QString chain = "{viewer{...F0}}";
    for (int i = 0; i < 1'500; ++i)
        chain += QString(" fragment F%1 on viewer{...F%2}").arg(i).arg(i + 1);
    QTest::newRow("a long chain of fragments") << chain + " fragment F1500 on viewer{name}";
    QString doubling = "{viewer{...F0}}";
    for (int i = 0; i < 60; ++i)
        doubling += QString(" fragment F%1 on viewer{a: self{...F%2} b: self{...F%2}}").arg(i).arg(i + 1);
    QTest::newRow("fragments that double") << doubling + " fragment F60 on viewer{name}";
}

void ValidationTest::staysQuick() {
    QFETCH(QString, document);
    const auto errors = errorsOf(document.toStdString());
    QVERIFY2(errors.empty(), errors.empty() ? "" : errors.front().message.c_str());
    if (document.contains("b: self")) {
        const auto answer = ask(schema_, document.toStdString());
        QCOMPARE(answer.http, 400);
        QVERIFY(answer.body.find("nested too deeply") != std::string::npos);
    }
}

QTEST_GUILESS_MAIN(ValidationTest)
#include "tst_validation.moc"
