#include "models/api/identifiers.h"

#include <QtTest>

using namespace stepwell::api;

class IdentifiersTest : public QObject {
    Q_OBJECT
  private slots:
    void workflowNames();
    void newInstanceIds();
    void existingInstanceIds();
    void eventTypes();
    void scriptNames();
    void stepNames();
};

void IdentifiersTest::workflowNames() {
    QVERIFY(isWorkflowName("my-workflow"));
    QVERIFY(isWorkflowName("_x9"));
    QVERIFY(isWorkflowName(std::string(64, 'a')));
    for (const std::string& bad :
         {std::string(), std::string(65, 'a'), std::string("-a"), std::string("a.b"), std::string("a b"),
          std::string("ä"), std::string("a\n"), std::string("a/b")})
        QVERIFY2(!isWorkflowName(bad), bad.c_str());
}

void IdentifiersTest::newInstanceIds() {
    QVERIFY(isNewInstanceId(std::string(100, 'x')));
    QVERIFY(!isNewInstanceId(std::string(101, 'x')));
    for (const char* reserved : {"batch", "terminate", "terminateAll"})
        QVERIFY(!isNewInstanceId(reserved));
    QVERIFY(isNewInstanceId("Batch"));
    QVERIFY(!isNewInstanceId("cf_" + std::string(64, 'a')));
    QVERIFY(isNewInstanceId("cf_" + std::string(63, 'a')));
    QVERIFY(isNewInstanceId("cf_" + std::string(64, 'A')));
    QVERIFY(!isNewInstanceId("*/30 * * * *-1"));
}

void IdentifiersTest::existingInstanceIds() {
    QVERIFY(isInstanceId("*/30 * * * *-1786001400000"));
    QVERIFY(isInstanceId("0 9 * * MON,TUE#1-5"));
    QVERIFY(isInstanceId(std::string(271, 'x')));
    for (const std::string& bad : {std::string(), std::string(272, 'x'), std::string("a.b"),
                                   std::string("a\\b"), std::string("a\0b", 3), std::string("a%2f")})
        QVERIFY2(!isInstanceId(bad), bad.c_str());
}

void IdentifiersTest::eventTypes() {
    QVERIFY(isEventType("payment-received"));
    QVERIFY(!isEventType("payment.received"));
    QVERIFY(!isEventType(std::string(101, 'e')));
}

/// A script name is used as a file name, so nothing may lead out of a folder.
void IdentifiersTest::scriptNames() {
    QVERIFY(isScriptName("shop.worker-2"));
    for (const char* bad : {"", ".", "..", "...", "a/b", "../x", "a\\b", "a b"})
        QVERIFY2(!isScriptName(bad), bad);
    QVERIFY(!isScriptName(std::string(256, 'a')));
}

void IdentifiersTest::stepNames() {
    QVERIFY(isStepName(""));
    QVERIFY(isStepName("charge the card – 2 €"));
    QVERIFY(isStepName(std::string(256, 'a')));
    QVERIFY(!isStepName(std::string(257, 'a')));
    QVERIFY(!isStepName("a\nb"));
    QVERIFY(!isStepName(std::string_view("a\0b", 3)));
    std::string emojis;
    for (int i = 0; i < 128; ++i)
        emojis += "🚚";  // two units each
    QVERIFY(isStepName(emojis));
    QVERIFY(!isStepName(emojis + "x"));
}

QTEST_GUILESS_MAIN(IdentifiersTest)
#include "test_identifiers.moc"
