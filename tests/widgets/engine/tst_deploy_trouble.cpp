#include "tests/models/site/zip_maker.h"
#include "tests/support/small_disk.h"
#include "tests/widgets/engine/deploy_steps.h"
#include "widgets/deploy/done_page.h"
#include "widgets/deploy/warning_card.h"
#include "widgets/health_bar.h"

#include <QLabel>
#include <QRandomGenerator>
#include <QTest>

using namespace stepwell;
using namespace stepwell::test;

/// What a person is told when a deploy does not go as it should, and what they can do then.
class DeployTroubleTest : public QObject {
    Q_OBJECT
  private slots:
    void aFullDiskIsSaidAndMendedByMakingRoom() {
        RealWindow real;
        SmallDisk disk(real.engine().dataDir(), 16'000'000);
        if (!disk.isMounted()) QSKIP("This account may not mount a small disk");
        QVERIFY2(real.start(), real.engine().logTail().constData());
        QTemporaryDir files;
        write(files.filePath("shop/index.html"), "shop");
        write(files.filePath("shop/film.bin"), noise(20'000'000));
        auto* dialog = dropped(real, files.filePath("shop"));
        pressDeploy(dialog);
        QCOMPARE(dialog->session().outcome().kind, site::DeployOutcome::Kind::failed);
        const QString reason = dialog->donePage().findChild<QLabel*>("doneFacts")->text();
        QVERIFY2(reason.contains("is full") && reason.contains(real.engine().dataDir()), qPrintable(reason));
        auto* health = real.window().findChild<HealthBar*>();
        health->refresh();
        QTRY_VERIFY2_WITH_TIMEOUT(health->engineText().contains("is full"), qPrintable(health->engineText()),
                                  patience);

        QVERIFY(disk.resize(200'000'000));
        QCOMPARE(dialog->verbButton()->text(), "Try again");
        const QString address = deployed(dialog);
        QCOMPARE(visit(address, "/"), "shop");
        QCOMPARE(visit(address, "/film.bin").size(), 20'000'000);
        health->refresh();
        QTRY_COMPARE_WITH_TIMEOUT(health->engineText(), "Engine running", patience);
        closeDialog(dialog);
        QCOMPARE(real.engine().stop(), 0);
    }

    void whatAnArchiveHoldsTwiceIsSaid() {
        RealWindow real;
        QVERIFY2(real.start(), real.engine().logTail().constData());
        QTemporaryDir files;
        write(files.filePath("shop.zip"),
              QByteArray::fromStdString(
                  makeZip({{"index.html", "one"}, {"index.html", "two"}, {"Index.html", "other"}})));
        auto* dialog = dropped(real, files.filePath("shop.zip"));
        QTRY_COMPARE_WITH_TIMEOUT(dialog->findChildren<WarningCard*>().size(), 2, patience);
        const QString address = deployed(dialog);
        QCOMPARE(visit(address, "/"), "two");
        QCOMPARE(visit(address, "/Index"), "other");
        closeDialog(dialog);
    }

  private:
    static QByteArray noise(int bytes) {
        QByteArray result(bytes, '\0');
        QRandomGenerator(1).fillRange(reinterpret_cast<quint32*>(result.data()), bytes / 4);
        return result;
    }
};

QTEST_MAIN(DeployTroubleTest)
#include "tst_deploy_trouble.moc"
