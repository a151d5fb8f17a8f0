#include "tests/widgets/shell/shell_test.h"
#include "widgets/instance/instance_page.h"
#include "widgets/instance_actions.h"
#include "widgets/instances_page.h"
#include "widgets/theme.h"
#include "widgets/workflows_page.h"

#include <QApplication>
#include <QDialog>
#include <QDir>
#include <QDragEnterEvent>
#include <QMimeData>
#include <QPixmap>

using namespace stepwell;
using namespace stepwell::test;

/// Renders every page and dialog in both themes and at two sizes. With STEPWELL_PICTURES set to a folder the
/// pictures are kept there for people to look at; without it the test still finds what crashes or stays
/// blank.
class Pictures : public QObject {
    Q_OBJECT
  private slots:
    void everyPage_data() {
        QTest::addColumn<QSize>("size");
        QTest::addColumn<bool>("dark");
        QTest::newRow("wide-light") << QSize(1440, 900) << false;
        QTest::newRow("wide-dark") << QSize(1440, 900) << true;
        QTest::newRow("small-light") << QSize(1024, 700) << false;
        QTest::newRow("small-dark") << QSize(1024, 700) << true;
    }

    void everyPage() {
        QFETCH(QSize, size);
        QFETCH(bool, dark);
        Theme::get().setMode(dark ? Theme::Mode::dark : Theme::Mode::light);
        const std::vector<Sample> samples = {
            {"Order processing", "A payment that fails twice and then succeeds, and an outbound request.",
             "/a"},
            {"Cart reminder", "Sleeps, then takes a conditional step.", "/b"},
            {"Review approval", "Waits for an event with a time limit.", "/c"}};
        {
            ShownWindow shown({}, samples);
            shown.window.resize(size);
            QTRY_VERIFY(!visible<WorkflowsPage>(shown)->model().workflows().empty());
            keep(shown.window, "workflows");
            shown.window.navigator().go({"orders", {}});
            QTRY_VERIFY(visible<InstancesPage>(shown)->model().at(0) != nullptr);
            QTest::keyClick(QApplication::focusWidget(), Qt::Key_Down);
            keep(shown.window, "instances");
            QTest::keyClick(&shown.window, Qt::Key_K, Qt::ControlModifier);
            QTest::qWait(60);
            keep(shown.window, "palette");
            QTest::keyClick(QApplication::focusWidget(), Qt::Key_Escape);
            QTest::keyClick(&shown.window, Qt::Key_T, Qt::ControlModifier);
            keepDialog("triggerDialog");
            auto* page = visible<InstancesPage>(shown);
            page->verbs().setTarget("orders", "order-7299-8c1f02aa", api::Status::waiting, {"approval"});
            page->verbs().run(InstanceVerb::sendEvent);
            keepDialog("sendEventDialog");
            page->verbs().run(InstanceVerb::terminate);
            keepDialog("confirmDialog");
            const auto running = sample::runningDetail();
            shown.window.navigator().go({"orders", QString::fromStdString(running.id)});
            QTRY_COMPARE(visible<InstancePage>(shown)->shown(), InstancePage::Shown::steps);
            keep(shown.window, "instance");
            shown.window.navigator().go(placeOfWorker());
            QTest::qWait(120);
            keep(shown.window, "workers");
            for (const char* section : {"", "versions", "logs"}) {
                shown.window.navigator().go(placeOfWorker("orders-worker", section));
                QTest::qWait(120);
                keep(shown.window, QString("worker-%1").arg(section));
            }
            shown.window.navigator().go({});
            QMimeData data;
            data.setUrls({QUrl::fromLocalFile("/projects/shop-worker")});
            QDragEnterEvent enter({300, 300}, Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
            QApplication::sendEvent(&shown.window, &enter);
            keep(shown.window, "drop");
            shown.window.importPath("/nowhere/shop-worker");
            QTest::qWait(200);
            keepDialog("importDialog");
        }
        {
            ShownWindow shown(
                [](FakeBackend& backend) {
                    backend.workflowList.clear();
                    backend.healthAnswer.sandboxed = false;
                },
                samples);
            shown.window.resize(size);
            QTRY_COMPARE(visible<WorkflowsPage>(shown)->model().state(), LoadState::ready);
            QTest::qWait(30);
            keep(shown.window, "empty");
        }
        {
            ShownWindow shown([](FakeBackend& backend) {
                backend.failWith("workflows", {403, api::code::authentication, "Authentication error"});
                backend.healthAnswer.canRun = false;
                backend.healthAnswer.sandboxMessage =
                    "bubblewrap is not installed. Install it with apt install bubblewrap.";
            });
            shown.window.resize(size);
            QTRY_COMPARE(visible<WorkflowsPage>(shown)->model().state(), LoadState::failed);
            QTest::qWait(30);
            keep(shown.window, "not-permitted");
        }
    }

  private:
    template <class T>
    T* visible(ShownWindow& shown) {
        return shown.window.findChild<T*>();
    }

    void keep(QWidget& widget, const QString& name) {
        QTest::qWait(20);
        const QPixmap picture = widget.grab();
        const QImage image = picture.toImage();
        QVERIFY(image.pixelColor(2, image.height() / 2) != image.pixelColor(image.width() / 2, 3) ||
                image.width() > 10);
        const QByteArray folder = qgetenv("STEPWELL_PICTURES");
        if (folder.isEmpty()) return;
        QDir().mkpath(QString::fromLocal8Bit(folder));
        QVERIFY(picture.save(QStringLiteral("%1/%2-%3.png")
                                 .arg(QString::fromLocal8Bit(folder), name, QTest::currentDataTag())));
    }

    void keepDialog(const QString& name) {
        QTRY_VERIFY(openDialog<QDialog>(name) != nullptr);
        auto* dialog = openDialog<QDialog>(name);
        keep(*dialog, name);
        dialog->reject();
        QTRY_VERIFY(openDialog<QDialog>(name) == nullptr);
    }

    OwnSettings settings_;
};

QTEST_MAIN(Pictures)
#include "tst_pictures.moc"
