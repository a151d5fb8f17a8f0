#include "tests/widgets/charts/page_sample.h"
#include "widgets/analytics/analytics_page.h"
#include "widgets/analytics/behind_dialog.h"
#include "widgets/analytics/legend.h"
#include "widgets/analytics/plot_items.h"
#include "widgets/analytics/plot_view.h"
#include "widgets/analytics/popovers.h"
#include "widgets/analytics/tile_row.h"
#include "widgets/controls.h"
#include "widgets/table_view.h"

#include <QMenu>
#include <QPainter>
#include <QPointer>
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
    void countsLeadToTheirRows();
    void everyChartIsPaintedAfterARefresh();
    void moreValuesThanPixelsKeepTheirExtremes();
    void areasAreToldFromTheCard();
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
    QSignalSpy opened(shown.page, &AnalyticsPage::instanceChosen);
    QSignalSpy listed(shown.page, &AnalyticsPage::instancesRequested);
    std::size_t bad = 0;  // where the red part is tall enough to be hit
    for (std::size_t i = 0; i < chart->points(); ++i)
        if (chart->series[1].values[i] > chart->series[1].values[bad]) bad = i;
    const auto click = [&] {
        QTest::mouseMove(plot, bucketSpot(*plot, bad, 10));
        const double middle = chart->series[0].values[bad] + chart->series[1].values[bad] / 2;
        QTest::mouseClick(plot, Qt::LeftButton, {}, bucketSpot(*plot, bad, middle));
        return shown.page->findChild<BehindDialog*>();
    };
    QPointer<BehindDialog> dialog = click();
    QVERIFY(dialog != nullptr);
    const auto asked = shown.backend.graphqlQueries.back();
    QVERIFY(asked.document.find(R"(eventType: "WORKFLOW_FAILURE", workflowName_in: ["orders"])") !=
            std::string::npos);
    QVERIFY(asked.variablesJson.find(api::toIso(chart->starts[bad])) != std::string::npos);
    QVERIFY(asked.variablesJson.find(api::toIso(chart->starts[bad] + chart->width)) != std::string::npos);
    QTRY_COMPARE(dialog->model().rowCount(), 2);
    dialog->table()->selectRow(1);
    QTest::keyClick(dialog->table(), Qt::Key_Return);
    QCOMPARE(opened.size(), 1);
    QCOMPARE(opened[0][0].toString(), QString("cart-reminder"));
    QCOMPARE(opened[0][1].toString(), QString("cart-12"));
    QTRY_VERIFY(dialog == nullptr);
    dialog = click();
    QVERIFY(dialog != nullptr);
    QTRY_COMPARE(dialog->model().rowCount(), 2);
    QTest::mouseClick(dialog->listButton(), Qt::LeftButton);
    QCOMPARE(listed.size(), 1);
    const auto filter = listed[0][1].value<InstanceFilter>();
    QVERIFY(*filter.status == api::Status::errored);
    QCOMPARE(*filter.to, chart->starts[bad] + chart->width);
    // It ran for 61 s, and was created that much earlier.
    QCOMPARE(*filter.from, chart->starts[bad] - std::chrono::minutes(2));
}

void AnalyticsPageWindow::countsLeadToTheirRows() {
    ShownPage shown;
    QVERIFY(shown.loads());
    QSignalSpy asked(shown.page, &AnalyticsPage::queryRequested);
    const auto openFirst = [&](const char* id) {
        auto* plot = shown.card(id)->plot();
        plot->setFocus();
        QTest::keyClick(plot, Qt::Key_Home);
        QTest::keyClick(plot, Qt::Key_Return);
        return asked.isEmpty() ? std::string() : asked.takeLast()[0].value<GraphqlQuery>().document;
    };
    QVERIFY(openFirst("siteStatus").find("edgeResponseStatus_geq: 200, edgeResponseStatus_lt: 300") !=
            std::string::npos);
    QVERIFY(openFirst("hosts").find("hostname: \"api.stripe.example\"") != std::string::npos);
    QVERIFY(openFirst("paths").find("clientRequestPath: \"/\"") != std::string::npos);
    QVERIFY(openFirst("queueDepth").find("workflowsQueueDepthAdaptiveGroups") != std::string::npos);
    // The rest is what the chart does not show by name.
    auto* hosts = shown.card("hosts");
    const auto data = shown.page->model().data();
    Spot rest{hosts->chart()->starts[0], hosts->chart()->starts[1], "hosts", "(rest)"};
    const auto behind =
        behindOf(shown.page->model().ask(), *shown.page->model().facts(), *hosts->chart(), rest);
    QVERIFY(behind &&
            behind->query.document.find("hostname_notin: [\"api.stripe.example\"") != std::string::npos);
    openFirst("events");
    auto* dialog = shown.page->findChild<BehindDialog*>();
    QVERIFY(dialog != nullptr);
    QVERIFY(shown.backend.graphqlQueries.back().document.find("eventType: \"ATTEMPT_START\"") !=
            std::string::npos);
}

void AnalyticsPageWindow::everyChartIsPaintedAfterARefresh() {
    ShownPage shown;
    QVERIFY(shown.loads());
    const auto before = shown.page->model().data();
    shown.page->reload();
    QTRY_VERIFY(shown.page->model().data() != before);
    for (auto* card : shown.page->cards())
        if (!card->plot()->visibleRegion().isEmpty()) QTRY_VERIFY(!card->plot()->isOld());
}

void AnalyticsPageWindow::moreValuesThanPixelsKeepTheirExtremes() {
    Chart chart;
    chart.width = std::chrono::minutes(1);
    chart.series.push_back({"a", "a", Tone::second, std::vector<double>(44'640, 10), {}});
    for (int i = 0; i < 44'640; ++i)
        chart.starts.push_back(api::Time{} + i * chart.width);
    chart.series[0].values[31'111] = 100;
    PlotScene scene;
    scene.show(chart, {}, {600, 160});
    QImage image(600, 160, QImage::Format_ARGB32_Premultiplied);
    image.fill(Qt::white);
    QPainter painter(&image);
    scene.paint(painter, image.rect());
    painter.end();
    const int x = static_cast<int>(scene.xOf(31'111));
    const auto isLine = [&](double value) {
        return image.pixelColor(x, static_cast<int>(scene.yOf(value))) == toneColor(Tone::second);
    };
    QVERIFY(isLine(99));
    QVERIFY(isLine(50));  // up and down
    QVERIFY(isLine(10));
    QVERIFY(!isLine(5));
}

void AnalyticsPageWindow::areasAreToldFromTheCard() {
    const auto light = [](const QColor& color) {
        const auto part = [](double c) {
            return c <= 0.03928 ? c / 12.92 : std::pow((c + 0.055) / 1.055, 2.4);
        };
        return 0.2126 * part(color.redF()) + 0.7152 * part(color.greenF()) + 0.0722 * part(color.blueF());
    };
    for (const auto mode : {Theme::Mode::light, Theme::Mode::dark}) {
        Theme::get().setMode(mode);
        for (int tone = 0; tone <= static_cast<int>(Tone::queued); ++tone) {
            const double area = light(areaColor(static_cast<Tone>(tone))) + 0.05;
            const double card = light(Theme::get().color(Token::surface)) + 0.05;
            QVERIFY2(std::max(area, card) / std::min(area, card) >= 3,
                     qPrintable(QString("tone %1, dark %2").arg(tone).arg(mode == Theme::Mode::dark)));
        }
    }
    Theme::get().setMode(Theme::Mode::light);
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
    QTRY_VERIFY(card->plot()->scene().yOf(1000) < before);  // the others take the room
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
    ShownPage without([](FakeBackend& backend) {
        backend.failWith("graphql", {404, api::code::noRoute, "The backend has no such route."});
    });
    QVERIFY(without.loads());
    QCOMPARE(without.page->findChild<EmptyState*>()->sentence(), QString("This backend tells no analytics"));
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
