#include "models/graphql/prettify.h"

#include <QtTest>

using namespace stepwell::graphql;

class PrettifyTest : public QObject {
    Q_OBJECT
  private slots:
    void oneStyle();
    void keepsComments();
    void longArgumentsTakeLines();
    void brokenTextsStay();
};

void PrettifyTest::oneStyle() {
    const auto made =
        prettify("query A($a:string!,$b:[int!]=[1 2]@d(x:1)){viewer{accounts(filter:{tag:$a}){n:count,...F "
                 "...on T@skip(if:true){x}}}}"
                 "fragment F on T{y}{z}");
    QVERIFY(made.has_value());
    QCOMPARE(QString::fromStdString(*made), QString(R"(query A($a: string!, $b: [int!] = [1, 2] @d(x: 1)) {
  viewer {
    accounts(filter: { tag: $a }) {
      n: count
      ...F
      ... on T @skip(if: true) {
        x
      }
    }
  }
}

fragment F on T {
  y
}

{
  z
}
)"));
    QCOMPARE(prettify(*made).value_or(""), *made);
}

void PrettifyTest::keepsComments() {
    const auto made = prettify("# first\n{a # behind a\n# before b\nb(x:1 # why\ny:2)}\n# last");
    QVERIFY(made.has_value());
    QCOMPARE(QString::fromStdString(*made), QString(R"(# first
{
  a # behind a
  # before b
  b(
    x: 1 # why
    y: 2
  )
}

# last
)"));
}

void PrettifyTest::longArgumentsTakeLines() {
    const std::string word(60, 'w');
    const auto made = prettify("{a(limit:1 filter:{x:\"" + word + "\" y:\"" + word + "\"})}");
    QVERIFY(made.has_value());
    QCOMPARE(QString::fromStdString(*made),
             QStringLiteral(
                 "{\n  a(\n    limit: 1\n    filter: {\n      x: \"%1\"\n      y: \"%1\"\n    }\n  )\n}\n")
                 .arg(QString::fromStdString(word)));
}

void PrettifyTest::brokenTextsStay() {
    for (const char* text : {"{a", "{a)}", "{a(x:\"y)}", "{a?}"})
        QVERIFY2(!prettify(text), text);
    QVERIFY(!prettify(std::string(101, '{') + std::string(101, '}')));
    QCOMPARE(prettify("").value_or("none"), std::string());
}

QTEST_APPLESS_MAIN(PrettifyTest)
#include "tst_prettify.moc"
