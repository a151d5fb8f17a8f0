#include "widgets/json/json_view.h"

#include <QApplication>
#include <QClipboard>
#include <QLineEdit>
#include <QSignalSpy>
#include <QTest>
#include <QThreadPool>

using namespace stepwell;

class JsonViewTest : public QObject {
    Q_OBJECT
  private:
    static std::string cities() {
        return "{\"city\":\"Rome\",\"more\":[{\"name\":\"old city\"},12.50],\"n\":null}";
    }

  private slots:
    void searchGoesRoundAndUnfolds() {
        JsonView view;
        view.setText(cities());
        view.resize(400, 300);
        view.show();
        QTest::keyClick(view.focusProxy(), Qt::Key_F, Qt::ControlModifier);
        auto* needle = view.findChild<QLineEdit*>();
        QVERIFY(needle->isVisible());
        QTest::keyClicks(needle, "city");
        QCOMPARE(view.matchCount(), 2);
        QCOMPARE(view.currentRow(), 1);
        QTest::keyClick(needle, Qt::Key_Return);
        QCOMPARE(view.lines().text(view.currentRow()).trimmed(), "\"name\": \"old city\"");
        QTest::keyClick(needle, Qt::Key_Return);
        QCOMPARE(view.currentRow(), 1);
        QTest::keyClick(needle, Qt::Key_Return, Qt::ShiftModifier);
        QCOMPARE(view.currentMatch(), 1);
        QTest::keyClick(needle, Qt::Key_Escape);
        QVERIFY(!needle->isVisible());
    }

    void copiesValuesPathsAndAll() {
        JsonView view;
        view.setText(cities());
        view.show();
        view.setCurrentRow(1);
        QTest::keyClick(view.focusProxy(), Qt::Key_C, Qt::ControlModifier);
        QCOMPARE(QApplication::clipboard()->text(), "Rome");
        QTest::keyClick(view.focusProxy(), Qt::Key_C, Qt::ControlModifier | Qt::ShiftModifier);
        QCOMPARE(QApplication::clipboard()->text(), "$.city");
        view.copyAll();
        QVERIFY(QApplication::clipboard()->text().contains("\n    12.50\n"));
    }

    void foldsWithKeysAndFitsItsLines() {
        JsonView view;
        view.setFittingLines(50);
        view.setText(cities());
        view.show();
        const int before = view.height();
        view.setCurrentRow(2);
        QTest::keyClick(view.focusProxy(), Qt::Key_Left);
        QCOMPARE(view.lines().count(), 5);
        QVERIFY(view.height() < before);
        QTest::keyClick(view.focusProxy(), Qt::Key_Right);
        QCOMPARE(view.height(), before);
    }

    void cutJsonIsShownAsText() {
        JsonView view;
        view.setText("{\"a\":\"" + std::string(300, 'x') + "[truncated output]");
        view.resize(300, 200);
        view.show();
        QVERIFY(!view.isJson());
        QVERIFY(view.lines().count() > 1);
        QVERIFY(view.copyText().endsWith("[truncated output]"));
    }

    void aMebibyteComesLaterAndTheNewestWins() {
        std::string text = "[";
        while (text.size() < (1U << 20U))
            text += "{\"id\":" + std::to_string(text.size()) + ",\"tags\":[\"x\",\"y\"]},";
        text += "0]";
        JsonView view;
        view.resize(400, 300);
        view.show();
        QSignalSpy shown(&view, &JsonView::shown);
        view.setText(text);
        QCOMPARE(shown.size(), 0);
        view.setText(std::string("[1]"));
        QCOMPARE(view.lines().count(), 3);
        QThreadPool::globalInstance()->waitForDone();
        QCoreApplication::processEvents();
        QCOMPARE(view.lines().count(), 3);
        view.setText(text);
        QTRY_VERIFY(view.lines().count() > 1000);
        QVERIFY(!view.grab().isNull());
    }
};

QTEST_MAIN(JsonViewTest)
#include "tst_json_view.moc"
