#include "widgets/app_style.h"
#include "widgets/backends/backend_look.h"
#include "widgets/format.h"
#include "widgets/json_editor.h"
#include "widgets/navigator.h"
#include "widgets/theme.h"

#include <QApplication>
#include <QImage>
#include <QLineEdit>
#include <QPainter>
#include <QSignalSpy>
#include <QTest>

#include <cmath>

using namespace stepwell;

namespace {

double channel(float value) {
    return value <= 0.03928F ? value / 12.92 : std::pow((value + 0.055) / 1.055, 2.4);
}

double luminance(const QColor& color) {
    return 0.2126 * channel(color.redF()) + 0.7152 * channel(color.greenF()) +
           0.0722 * channel(color.blueF());
}

double contrast(const QColor& a, const QColor& b) {
    const double high = std::max(luminance(a), luminance(b));
    const double low = std::min(luminance(a), luminance(b));
    return (high + 0.05) / (low + 0.05);
}

const std::vector<Token> papers = {Token::bg, Token::surface, Token::raised};

QImage shapeOf(ShownStatus status, qreal phase = 0) {
    QImage image(32, 32, QImage::Format_ARGB32_Premultiplied);
    image.fill(Theme::get().color(Token::surface));
    QPainter painter(&image);
    paintStatusShape(painter, QRectF(0, 0, 32, 32), status, phase);
    return image;
}

}  // namespace

/// Colours, words and small pure parts of the window.
class ThemeTest : public QObject {
    Q_OBJECT
  private slots:
    void textHasContrast_data() {
        QTest::addColumn<bool>("dark");
        QTest::newRow("light") << false;
        QTest::newRow("dark") << true;
    }
    void textHasContrast() {
        QFETCH(bool, dark);
        // queued and terminated are shapes only: their words are muted text
        const std::vector<Token> texts = {Token::text,     Token::mute,    Token::accent,
                                          Token::complete, Token::running, Token::waiting,
                                          Token::sleeping, Token::errored, Token::rollingBack};
        for (const Token text : texts)
            for (const Token paper : papers)
                QVERIFY2(contrast(Theme::color(text, dark), Theme::color(paper, dark)) >= 4.5,
                         qPrintable(QString("text %1 on %2").arg(int(text)).arg(int(paper))));
        for (const Token text : {Token::text, Token::mute})
            for (const Token tint : {Token::sel, Token::accentSoft})
                QVERIFY(contrast(Theme::color(text, dark), Theme::color(tint, dark)) >= 4.5);
        QVERIFY(contrast(Theme::color(Token::onAccent, dark), Theme::color(Token::accent, dark)) >= 4.5);
    }

    void shapesHaveContrast_data() { textHasContrast_data(); }
    void shapesHaveContrast() {
        QFETCH(bool, dark);
        const std::vector<Token> shapes = {
            Token::faint,       Token::accent,  Token::complete, Token::running, Token::waiting,
            Token::sleeping,    Token::paused,  Token::queued,   Token::errored, Token::terminated,
            Token::rollingBack, Token::series1, Token::series2,  Token::series3, Token::series4};
        for (const Token shape : shapes)
            for (const Token paper : {Token::bg, Token::surface, Token::raised, Token::sel})
                QVERIFY2(contrast(Theme::color(shape, dark), Theme::color(paper, dark)) >= 3.0,
                         qPrintable(QString("shape %1 on %2").arg(int(shape)).arg(int(paper))));
    }

    /// What dialogs and bars of backends lay over the surface in the colour of one, or of a warning.
    void tintsHaveContrast_data() { textHasContrast_data(); }
    void tintsHaveContrast() {
        QFETCH(bool, dark);
        const auto surface = Theme::color(Token::surface, dark);
        const auto tinted = [&surface](const QColor& colour, float share) {
            const auto mixed = [share](float over, float under) {
                return over * share + under * (1 - share);
            };
            return QColor::fromRgbF(mixed(colour.redF(), surface.redF()),
                                    mixed(colour.greenF(), surface.greenF()),
                                    mixed(colour.blueF(), surface.blueF()));
        };
        for (const auto& swatch : backendSwatches()) {
            const auto colour = legible(QColor(swatch), surface);
            QVERIFY2(contrast(colour, surface) >= 4.5, qPrintable(swatch));
            const auto strip = tinted(colour, 0.10F);  // of ProductionQuestion
            for (const Token words : {Token::text, Token::errored})
                QVERIFY2(contrast(Theme::color(words, dark), strip) >= 4.5, qPrintable(swatch));
            QVERIFY2(contrast(colour, strip) >= 3.0, qPrintable(swatch));
            // The band over the window, the bar of a tab.
            QVERIFY2(contrast(colour, Theme::color(Token::bg, dark)) >= 3.0, qPrintable(swatch));
        }
        const auto stale = tinted(Theme::color(Token::waiting, dark), dark ? 0.16F : 0.10F);
        QVERIFY(contrast(Theme::color(Token::text, dark), stale) >= 4.5);
        QVERIFY(contrast(Theme::color(Token::waiting, dark), stale) >= 3.0);
    }

    void hintsInFieldsCanBeRead() {
        auto& theme = Theme::get();
        QLineEdit field;
        field.setPlaceholderText(QStringLiteral("hint"));
        field.show();
        for (const auto mode : {Theme::Mode::light, Theme::Mode::dark}) {
            theme.setMode(mode);
            // The style sheet would have half of the text's own.
            QTRY_COMPARE(field.palette().color(QPalette::PlaceholderText), theme.color(Token::mute));
            QCOMPARE(field.palette().color(QPalette::Text), theme.color(Token::text));
        }
    }

    void styleSheetNamesOnlyTokens() {
        QVERIFY(!applicationStyleSheet(false).contains('@'));
        QVERIFY(!applicationStyleSheet(true).contains(": ;"));
        QVERIFY(!applicationStyleSheet(true).contains(":;"));
    }

    void everyStatusHasItsOwnShapeAndWord() {
        QList<QImage> shapes;
        QStringList words;
        for (const auto status : api::allStatuses) {
            if (status == api::Status::waitingForPause) continue;  // shares the bars of paused, not its word
            shapes.push_back(shapeOf({status}));
            words.push_back(statusWord({status}));
        }
        shapes.push_back(shapeOf({api::Status::waiting, true}));
        words.push_back(statusWord({api::Status::waiting, true}));
        for (int i = 0; i < shapes.size(); ++i)
            for (int j = i + 1; j < shapes.size(); ++j) {
                QVERIFY(shapes[i] != shapes[j]);
                QVERIFY(words[i] != words[j]);
            }
        QVERIFY(shapeOf({api::Status::running}, 0) != shapeOf({api::Status::running}, 0.5));
    }

    void modeChangesWithoutRestart() {
        auto& theme = Theme::get();
        theme.setMode(Theme::Mode::light);
        QSignalSpy changed(&theme, &Theme::changed);
        theme.setMode(Theme::Mode::dark);
        QCOMPARE(changed.count(), 1);
        QCOMPARE(theme.color(Token::bg), Theme::color(Token::bg, true));
        QCOMPARE(QApplication::palette().color(QPalette::Window), Theme::color(Token::bg, true));
        theme.setMode(Theme::Mode::light);
    }

    void linksRoundTrip_data() {
        QTest::addColumn<QString>("workflow");
        QTest::addColumn<QString>("instance");
        QTest::newRow("list") << QString() << QString();
        QTest::newRow("workflow") << "orders" << QString();
        QTest::newRow("instance") << "orders"
                                  << "order-7299";
        QTest::newRow("cron id") << "nightly"
                                 << "*/5 * * * * #1, 2";
    }
    void linksRoundTrip() {
        QFETCH(QString, workflow);
        QFETCH(QString, instance);
        const Place place{workflow, instance};
        QCOMPARE(placeFrom(linkOf(place)), std::optional(place));
    }
    void foreignLinksAreRefused() {
        for (const char* link : {"", "https://workflows/a", "stepwell://workflowsX",
                                 "stepwell://workflows/a/b/c", "stepwell://workflows/a/instances/"})
            QVERIFY2(!placeFrom(QString::fromLatin1(link)), link);
    }

    void navigatorKeepsHistory() {
        Navigator navigator;
        navigator.go({"a", {}});
        navigator.go({"a", "1"});
        navigator.back();
        QCOMPARE(navigator.current(), (Place{"a", {}}));
        QVERIFY(navigator.canGoForward());
        navigator.forward();
        QCOMPARE(navigator.current(), (Place{"a", "1"}));
        navigator.up();
        navigator.up();
        QCOMPARE(navigator.current(), Place{});
        navigator.go({"b", {}});
        QVERIFY(!navigator.canGoForward());
        for (int i = 0; i < 1000; ++i)
            navigator.go({"w", QString::number(i)});
        int steps = 0;
        while (navigator.canGoBack()) {
            navigator.back();
            ++steps;
        }
        QCOMPARE(steps, 199);
    }

    void jsonProblemsHaveAPlace() {
        QCOMPARE(checkJson("{\"a\": 1}"), JsonProblem{});
        QCOMPARE(checkJson("  "), JsonProblem{});
        const JsonProblem comma = checkJson("{\n  \"a\": 1,\n}");
        QCOMPARE(comma.line, 3);
        QCOMPARE(comma.column, 1);
        QVERIFY(!comma.message.isEmpty());
        QVERIFY(!comma.message.contains("json.exception"));
        const JsonProblem afterUmlaut = checkJson("{\"ü\": x}");
        QCOMPARE(afterUmlaut.line, 1);
        QCOMPARE(afterUmlaut.column, 7);
    }

    void numbersReadWell() {
        using namespace std::chrono;
        QCOMPARE(format::count(0), QStringLiteral("–"));
        QCOMPARE(format::count(233012), QStringLiteral("233,012"));
        QCOMPARE(format::bytes(118'000'000), QStringLiteral("118 MB"));
        const api::Time now = format::now();
        QCOMPARE(format::relative(now - seconds(12), now), QStringLiteral("12 s ago"));
        QCOMPARE(format::relative(now - minutes(61), now), QStringLiteral("1 h ago"));
        QCOMPARE(format::relative(now + hours(4) + minutes(12), now), QStringLiteral("in 4 h 12 min"));
        QVERIFY(!format::relative(now - hours(25), now).contains("ago"));
    }
};

QTEST_MAIN(ThemeTest)
#include "tst_theme.moc"
