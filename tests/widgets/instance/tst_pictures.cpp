#include "tests/models/fake_backend.h"
#include "tests/widgets/instance/run_data.h"
#include "widgets/format.h"
#include "widgets/instance/instance_page.h"
#include "widgets/timeline/timeline_view.h"

#include <QTest>

using namespace stepwell;

/// Draws the page in both themes and at both sizes; with STEPWELL_PICTURES set to a folder the pictures are
/// kept there.
class Pictures : public QObject {
    Q_OBJECT
  private slots:
    void page_data();
    void page();

  private:
    void keep(QWidget& widget, const QString& name) const;
};

void Pictures::keep(QWidget& widget, const QString& name) const {
    const QString folder = qEnvironmentVariable("STEPWELL_PICTURES");
    const QPixmap picture = widget.grab();
    QVERIFY(!picture.isNull());
    if (!folder.isEmpty()) QVERIFY(picture.save(folder + QLatin1Char('/') + name + QStringLiteral(".png")));
}

void Pictures::page_data() {
    QTest::addColumn<bool>("dark");
    QTest::addColumn<QSize>("size");
    // What is left of 1440 x 900 and 1024 x 700 beside the rail and the bars.
    QTest::newRow("light-wide") << false << QSize(1232, 832);
    QTest::newRow("dark-wide") << true << QSize(1232, 832);
    QTest::newRow("light-narrow") << false << QSize(816, 632);
    QTest::newRow("dark-narrow") << true << QSize(816, 632);
}

void Pictures::page() {
    QFETCH(bool, dark);
    QFETCH(QSize, size);
    Theme::get().setMode(dark ? Theme::Mode::dark : Theme::Mode::light);
    const api::Time now = format::now();
    test::FakeBackend backend;
    const auto run = test::orderRun(now);
    backend.details[run.id] = run;
    backend.logLines[run.id] = test::orderLogs(now);
    InstancePage page(backend, "orders", run.id);
    page.timelineView().setClock([now] { return now; });
    page.resize(size);
    page.show();
    page.setFocus();
    QTRY_COMPARE(page.shown(), InstancePage::Shown::steps);
    QTRY_COMPARE(page.feed().logs().size(), std::size_t(5));
    const QString name = QString::fromLatin1(QTest::currentDataTag());
    keep(page, QStringLiteral("run-") + name);
    page.timelineView().selectStep(1);
    QTest::qWait(300);
    keep(page, QStringLiteral("step-") + name);
    QVERIFY(page.minimumSizeHint().width() <= size.width());
    QVERIFY(page.minimumSizeHint().height() <= size.height());
}

QTEST_MAIN(Pictures)
#include "tst_pictures.moc"
