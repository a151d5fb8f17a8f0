#include "tests/widgets/charts/page_sample.h"
#include "tests/widgets/shell/shell_test.h"
#include "widgets/analytics/analytics_page.h"
#include "widgets/analytics/plot_view.h"
#include "widgets/analytics/popovers.h"
#include "widgets/controls.h"
#include "widgets/theme.h"

#include <QDir>
#include <QScrollArea>
#include <QScrollBar>
#include <QtTest>

using namespace stepwell;
using namespace stepwell::analytics;
using namespace stepwell::test;

/// Renders the Analytics page in the window, in both themes and at two sizes, and a month by minute. With
/// STEPWELL_PICTURES set to a folder the pictures are kept there for people to look at.
class ChartPictures : public QObject {
    Q_OBJECT
  private slots:
    void page_data() {
        QTest::addColumn<QSize>("size");
        QTest::addColumn<bool>("dark");
        QTest::newRow("wide-light") << QSize(1440, 900) << false;
        QTest::newRow("wide-dark") << QSize(1440, 900) << true;
        QTest::newRow("small-light") << QSize(1024, 700) << false;
        QTest::newRow("small-dark") << QSize(1024, 700) << true;
    }

    void page() {
        QFETCH(QSize, size);
        QFETCH(bool, dark);
        Theme::get().setMode(dark ? Theme::Mode::dark : Theme::Mode::light);
        ShownWindow shown(answerAnalytics);
        shown.window.resize(size);
        shown.window.navigator().go(placeOfAnalytics());
        auto* page = shown.window.findChild<AnalyticsPage*>();
        QVERIFY(page->isVisible());
        QTRY_VERIFY(!page->cards().isEmpty());
        QTest::qWait(50);
        keep(shown.window, "top");
        auto* bar = page->findChild<QScrollArea*>()->verticalScrollBar();
        bar->setValue(bar->maximum() / 2);
        QTest::qWait(30);
        keep(shown.window, "middle");
        bar->setValue(bar->maximum());
        QTest::qWait(30);
        keep(shown.window, "bottom");
        bar->setValue(0);
        auto* plot = page->cards().front()->plot();
        plot->setFocus();
        for (int i = 0; i < 20; ++i)
            QTest::keyClick(plot, Qt::Key_Left);
        keep(shown.window, "hover");
        for (auto* chip : page->findChildren<Chip*>()) {
            if (chip->isCheckable() && chip->text().startsWith("Compare")) continue;
            QTest::mouseClick(chip, Qt::LeftButton);
            for (auto* widget : QApplication::topLevelWidgets())
                if (auto* popover = qobject_cast<Popover*>(widget); popover && popover->isVisible()) {
                    keep(*popover, "popover-" + chip->text().section(' ', -1));
                    popover->close();
                }
        }
        shown.window.navigator().go(placeOfAnalytics("range=31d&compare=1&workflow=orders"));
        QTRY_COMPARE(page->model().data()->filter.workflows.size(), 1);
        QTest::qWait(50);
        keep(shown.window, "month");
    }

  private:
    OwnSettings settings_;

    void keep(QWidget& window, const QString& name) {
        const QPixmap picture = window.grab();
        QVERIFY(!picture.isNull());
        const QString folder = qEnvironmentVariable("STEPWELL_PICTURES");
        if (folder.isEmpty()) return;
        QVERIFY(QDir().mkpath(folder));
        const QString file =
            QStringLiteral("analytics-%1-%2.png").arg(name, QLatin1String(QTest::currentDataTag()));
        QVERIFY(picture.save(QDir(folder).filePath(file)));
    }
};

QTEST_MAIN(ChartPictures)
#include "tst_pictures.moc"
