#include "tests/widgets/charts/page_sample.h"
#include "widgets/analytics/analytics_page.h"
#include "widgets/analytics/legend.h"
#include "widgets/analytics/plot_view.h"
#include "widgets/analytics/popovers.h"
#include "widgets/analytics/tile_row.h"
#include "widgets/controls.h"

#include <QMenu>
#include <QPushButton>
#include <QScrollArea>
#include <QScrollBar>
#include <QtTest>

using namespace stepwell;
using namespace stepwell::analytics;
using namespace stepwell::test;

namespace {

/// A page on a scripted backend, in a window of its own.
struct ShownPage {
    FakeBackend backend;
    QWidget window;
    AnalyticsPage* page;

    explicit ShownPage(const std::function<void(FakeBackend&)>& prepare = answerAnalytics) {
        backend.fillWithSamples();
        prepare(backend);
        page = new AnalyticsPage(backend, &window);
        window.resize(1232, 856);
        page->resize(window.size());
        window.show();
        window.activateWindow();
        static_cast<void>(QTest::qWaitForWindowActive(&window));
    }
    bool loads() {
        const bool loaded = QTest::qWaitFor([this] {
            return !page->model().isLoading() && (page->model().data() != nullptr || page->model().error());
        });
        window.grab();  // plots lay themselves out when they are painted
        return loaded;
    }
    ChartCard* card(const char* id) const {
        for (auto* card : page->cards())
            if (card->chart()->id == QLatin1String(id)) return card;
        return nullptr;
    }
    Chip* chip(const QString& start) const {
        for (auto* chip : page->findChildren<Chip*>())
            if (chip->text().startsWith(start)) return chip;
        return nullptr;
    }
};

/// Over the middle of a bucket.
QPoint bucketSpot(const PlotView& plot, std::size_t bucket, double value) {
    return QPointF(plot.scene().xOf(bucket), plot.scene().yOf(value)).toPoint();
}

template <class T>
T* openPopup() {
    for (auto* widget : QApplication::topLevelWidgets())
        if (auto* popup = qobject_cast<T*>(widget); popup && popup->isVisible()) return popup;
    return nullptr;
}

}  // namespace

class AnalyticsPageWindow : public QObject {
    Q_OBJECT
  private slots:
    void showsFiguresAndCharts();
    void hoverTellsExactValues();
    void keysWalkChooseAndOpen();
    void draggingPicksARange();
    void clickLeadsToTheInstances();
    void manyWorkflowsAreOfferedToChooseFrom();
    void legendHidesASeries();
    void filterAndRangeArePartOfTheChoice();
    void comparesWithThePeriodBefore();
    void emptyStatesDiffer();
    void oldNumbersStayWhenARefreshFails();
    void everyCardShowsItsQuery();
    void fitsSmallWindows();
};

void AnalyticsPageWindow::showsFiguresAndCharts() {
    ShownPage shown;
    QVERIFY(shown.loads());
    QVERIFY(shown.page->cards().size() >= 15);
    const auto tiles = shown.page->tiles()->tiles();
    QCOMPARE(tiles[0]->value(), QString("274,438"));
    QCOMPARE(tiles[0]->change(), QString("+9 %"));
    QCOMPARE(tiles[0]->mood(), StatTile::Mood::good);
    QVERIFY(tiles[1]->value().startsWith("99.62"));
    QCOMPARE(tiles[4]->change(), QString("+31 %"));
    QCOMPARE(tiles[4]->mood(), StatTile::Mood::bad);
    QCOMPARE(shown.backend.callsStartingWith("graphql Analytics"), 1);
}

void AnalyticsPageWindow::hoverTellsExactValues() {
    ShownPage shown;
    QVERIFY(shown.loads());
    auto* card = shown.card("outcomes");
    auto* plot = card->plot();
    const QPoint spot = bucketSpot(*plot, 20, 100);
    QMouseEvent move(QEvent::MouseMove, spot, plot->mapToGlobal(spot), Qt::NoButton, Qt::NoButton,
                     Qt::NoModifier);
    QApplication::sendEvent(plot, &move);
    QVERIFY(plot->cursor().has_value());
    QCOMPARE(*plot->cursor(), std::size_t{20});
    const auto values = plot->cardValues();
    QCOMPARE(values.rows.size(), std::size_t{4});  // three outcomes and their total
    const auto& good = card->chart()->series[0].values[20];
    QCOMPARE(values.rows[2].value, exactText(good, Unit::count));
    QVERIFY(shown.window.findChild<ValueCard*>()->isVisible());
    auto* bar = shown.page->findChild<QScrollArea*>()->verticalScrollBar();
    bar->setValue(bar->maximum() / 2);
    QVERIFY2(!shown.window.findChild<ValueCard*>()->isVisible(), "the chart has moved away under its card");
    bar->setValue(0);
    QApplication::sendEvent(plot, &move);
    QEvent leave(QEvent::Leave);
    QApplication::sendEvent(plot, &leave);
    QVERIFY(!plot->cursor());
    QVERIFY(!shown.window.findChild<ValueCard*>()->isVisible());
}

void AnalyticsPageWindow::keysWalkChooseAndOpen() {
    ShownPage shown;
    QVERIFY(shown.loads());
    auto* card = shown.card("wall");
    auto* plot = card->plot();
    plot->setFocus(Qt::TabFocusReason);
    QTest::keyClick(plot, Qt::Key_Left);
    QCOMPARE(*plot->cursor(), card->chart()->points() - 1);
    QTest::keyClick(plot, Qt::Key_Home);
    QTest::keyClick(plot, Qt::Key_Right);
    QCOMPARE(*plot->cursor(), std::size_t{1});
    QVERIFY(plot->accessibleDescription().contains("p99"));
    QSignalSpy picked(card, &ChartCard::rangePicked);
    QTest::keyClick(plot, Qt::Key_Right, Qt::ShiftModifier);
    QTest::keyClick(plot, Qt::Key_Right, Qt::ShiftModifier);
    const auto chart = card->chart();
    QTest::keyClick(plot, Qt::Key_Return);
    QCOMPARE(picked.size(), 1);
    QCOMPARE(picked[0][0].value<api::Time>(), chart->starts[1]);
    QCOMPARE(picked[0][1].value<api::Time>(), chart->starts[3] + chart->width);
    QVERIFY(shown.page->model().range().isAbsolute());
}

void AnalyticsPageWindow::draggingPicksARange() {
    ShownPage shown;
    QVERIFY(shown.loads());
    auto* plot = shown.card("outcomes")->plot();
    const auto chart = shown.card("outcomes")->chart();
    QSignalSpy chosen(shown.page, &AnalyticsPage::chosen);
    QTest::mousePress(plot, Qt::LeftButton, {}, bucketSpot(*plot, 10, 0) - QPoint(0, 20));
    QTest::mouseMove(plot, bucketSpot(*plot, 14, 0) - QPoint(0, 20));
    QTRY_COMPARE(*plot->cursor(), std::size_t{14});
    QVERIFY(plot->cardValues().rows.empty());
    QTest::mouseRelease(plot, Qt::LeftButton, {}, bucketSpot(*plot, 14, 0) - QPoint(0, 20));
    QCOMPARE(chosen.size(), 1);
    QCOMPARE(*shown.page->model().range().from, chart->starts[10]);
    QCOMPARE(*shown.page->model().range().to, chart->starts[14] + chart->width);
}

void AnalyticsPageWindow::clickLeadsToTheInstances() {
    ShownPage shown;
    shown.page->setChoice("workflow=orders");
    QVERIFY(shown.loads());
    auto* plot = shown.card("outcomes")->plot();
    const auto chart = shown.card("outcomes")->chart();
    QSignalSpy wanted(shown.page, &AnalyticsPage::instancesRequested);
    std::size_t bad = 0;  // where the red part is tall enough to be hit
    for (std::size_t i = 0; i < chart->points(); ++i)
        if (chart->series[1].values[i] > chart->series[1].values[bad]) bad = i;
    QTest::mouseMove(plot, bucketSpot(*plot, bad, 10));
    const double middle = chart->series[0].values[bad] + chart->series[1].values[bad] / 2;
    QTest::mouseClick(plot, Qt::LeftButton, {}, bucketSpot(*plot, bad, middle));
    QCOMPARE(wanted.size(), 1);
    QCOMPARE(wanted[0][0].toString(), QString("orders"));
    const auto filter = wanted[0][1].value<InstanceFilter>();
    QVERIFY(*filter.status == api::Status::errored);
    QCOMPARE(*filter.to, chart->starts[bad] + chart->width);
    QVERIFY(*filter.from < chart->starts[bad]);
}

void AnalyticsPageWindow::manyWorkflowsAreOfferedToChooseFrom() {
    ShownPage shown;
    QVERIFY(shown.loads());
    auto* plot = shown.card("outcomes")->plot();
    QSignalSpy wanted(shown.page, &AnalyticsPage::instancesRequested);
    QTest::mouseMove(plot, bucketSpot(*plot, 12, 10));
    QTest::mouseClick(plot, Qt::LeftButton, {}, bucketSpot(*plot, 12, 100));
    QTRY_VERIFY(openPopup<QMenu>() != nullptr);
    auto* menu = openPopup<QMenu>();
    QCOMPARE(menu->actions().front()->text(), QString("orders · 120"));
    menu->actions().front()->trigger();
    menu->close();
    QCOMPARE(wanted.size(), 1);
    QCOMPARE(wanted[0][0].toString(), QString("orders"));
    QVERIFY(shown.backend.graphqlQueries.back().document.find("WORKFLOW_SUCCESS") != std::string::npos);
}

void AnalyticsPageWindow::legendHidesASeries() {
    ShownPage shown;
    QVERIFY(shown.loads());
    auto* card = shown.card("wall");
    const auto entries = card->legend()->entries();
    QCOMPARE(entries.size(), 3);
    const double before = card->plot()->scene().yOf(1000);
    QTest::mouseClick(entries[2], Qt::LeftButton);
    QVERIFY(card->hiddenSeries().contains("p99"));
    card->plot()->repaint();
    QVERIFY(card->plot()->scene().yOf(1000) < before);  // the others take the room
    shown.page->reload();
    QVERIFY(shown.loads());
    QVERIFY(card->hiddenSeries().contains("p99"));
    QTest::keyClick(entries[2], Qt::Key_Space);
    QVERIFY(card->hiddenSeries().isEmpty());
}

void AnalyticsPageWindow::filterAndRangeArePartOfTheChoice() {
    ShownPage shown;
    QVERIFY(shown.loads());
    QSignalSpy chosen(shown.page, &AnalyticsPage::chosen);
    QTest::mouseClick(shown.chip("Last 24 hours"), Qt::LeftButton);
    auto* popover = openPopup<RangePopover>();
    QVERIFY(popover != nullptr);
    for (auto* button : popover->findChildren<QPushButton*>())
        if (button->text() == "Last 7 days") QTest::mouseClick(button, Qt::LeftButton);
    QCOMPARE(chosen.size(), 1);
    QCOMPARE(shown.page->choice(), QString("range=7d"));
    QVERIFY(shown.chip("Last 7 days") != nullptr);
    shown.page->setChoice("range=1h&workflow=a%26b&workflow=orders&compare=1");
    QCOMPARE(shown.page->model().filter().workflows, (QStringList{"a&b", "orders"}));
    QVERIFY(shown.page->model().compares());
    const QString link = shown.page->choice();
    shown.page->setChoice({});
    QVERIFY(shown.page->model().filter() == PageFilter{});
    shown.page->setChoice(link);
    QCOMPARE(shown.page->model().filter().workflows, (QStringList{"a&b", "orders"}));
    QCOMPARE(chosen.size(), 1);  // a link is followed, not chosen
    QVERIFY(shown.loads());
}

void AnalyticsPageWindow::comparesWithThePeriodBefore() {
    ShownPage shown;
    QVERIFY(shown.loads());
    QVERIFY(shown.card("wall")->chart()->series[0].before.empty());
    QTest::mouseClick(shown.chip("Compare with day before"), Qt::LeftButton);
    QTRY_VERIFY(!shown.card("wall")->chart()->series[0].before.empty());
    auto* plot = shown.card("wall")->plot();
    plot->setFocus();
    QTest::keyClick(plot, Qt::Key_Home);
    QVERIFY(!plot->cardValues().rows[0].before.isEmpty());
}

void AnalyticsPageWindow::emptyStatesDiffer() {
    ShownPage nothing(answerEmptyAnalytics);
    QVERIFY(nothing.loads());
    auto* empty = nothing.page->findChild<EmptyState*>();
    QVERIFY(empty->isVisible());
    QCOMPARE(empty->kind(), EmptyState::Kind::nothingYet);
    nothing.page->setChoice("workflow=orders");
    QVERIFY(nothing.loads());
    QCOMPARE(empty->kind(), EmptyState::Kind::filteredOut);
    QTest::mouseClick(empty->button(), Qt::LeftButton);
    QVERIFY(nothing.page->model().filter() == PageFilter{});
    const auto failing = [](int http) {
        return [http](FakeBackend& backend) {
            backend.failWith("graphql", {http, api::code::transport, "because"});
        };
    };
    ShownPage failed(failing(0));
    QVERIFY(failed.loads());
    QCOMPARE(failed.page->findChild<EmptyState*>()->kind(), EmptyState::Kind::failed);
    ShownPage denied(failing(403));
    QVERIFY(denied.loads());
    QCOMPARE(denied.page->findChild<EmptyState*>()->kind(), EmptyState::Kind::notPermitted);
}

void AnalyticsPageWindow::oldNumbersStayWhenARefreshFails() {
    ShownPage shown;
    QVERIFY(shown.loads());
    const auto before = shown.card("outcomes")->chart();
    shown.backend.failWith("graphql", {0, api::code::transport, "the engine does not answer"});
    shown.page->reload();
    QTRY_VERIFY(shown.page->model().error().has_value());
    QCOMPARE(shown.card("outcomes")->chart(), before);
    bool told = false;
    for (auto* label : shown.page->findChildren<ElidedLabel*>())
        told = told || (label->isVisible() && label->text().contains("the engine does not answer"));
    QVERIFY(told);
}

void AnalyticsPageWindow::everyCardShowsItsQuery() {
    ShownPage shown;
    QVERIFY(shown.loads());
    QSignalSpy wanted(shown.page, &AnalyticsPage::queryRequested);
    for (auto* card : shown.page->cards()) {
        card->menu()->actions().front()->trigger();
        QVERIFY(!wanted.back()[0].value<GraphqlQuery>().document.empty());
        QCOMPARE(wanted.back()[1].toString(), card->chart()->title);
    }
}

void AnalyticsPageWindow::fitsSmallWindows() {
    ShownPage shown;
    QVERIFY(shown.loads());
    shown.window.resize(816, 612);
    shown.page->resize(816, 612);
    QTest::qWait(0);
    for (auto* button : shown.page->findChildren<QAbstractButton*>())
        if (button->isVisible() && button->parentWidget()->parentWidget() == shown.page)
            QVERIFY2(button->geometry().right() < 816, qPrintable(button->text()));
    for (auto* card : shown.page->cards())
        QVERIFY(card->width() >= 330);
}

QTEST_MAIN(AnalyticsPageWindow)
#include "tst_page.moc"
