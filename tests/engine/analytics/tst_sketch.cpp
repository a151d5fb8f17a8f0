#ifndef Q_MOC_RUN  // moc 6.4 cannot read <compare>
#include "app/engine/analytics/sketch.h"
#endif

#include <QTest>

#include <algorithm>
#include <cmath>
#include <functional>
#include <random>

using namespace stepwell::engine::analytics;

namespace {

constexpr std::array quantiles = {0.0, 0.01, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 0.999, 1.0};

using Draw = std::function<std::int64_t(std::mt19937_64&)>;

double exact(const std::vector<std::int64_t>& sorted, double q) {
    return static_cast<double>(
        sorted[static_cast<std::size_t>(std::floor(q * static_cast<double>(sorted.size() - 1)))]);
}

std::string written(const std::vector<std::int64_t>& values) {
    Sketch sketch;
    for (const auto value : values)
        sketch.add(sketch::bucketOf(value));
    std::string bytes;
    sketch.write(bytes);
    return bytes;
}

}  // namespace

class SketchTest final : public QObject {
    Q_OBJECT

  private slots:
    void isWithinOnePercent_data() {
        QTest::addColumn<int>("distribution");
        QTest::newRow("uniform") << 0;
        QTest::newRow("lognormal") << 1;
        QTest::newRow("pareto") << 2;
        QTest::newRow("exponential") << 3;
        QTest::newRow("two far peaks") << 4;
        QTest::newRow("few small numbers") << 5;
        QTest::newRow("all the same") << 6;
        QTest::newRow("every size") << 7;
    }

    void isWithinOnePercent() {
        QFETCH(int, distribution);
        const std::array<Draw, 8> draws = {
            [](auto& r) { return std::uniform_int_distribution<std::int64_t>(0, 1'000'000)(r); },
            [](auto& r) { return static_cast<std::int64_t>(std::lognormal_distribution(11.0, 2.0)(r)); },
            [](auto& r) {
                return static_cast<std::int64_t>(1'000 /
                                                 std::pow(1 - std::uniform_real_distribution()(r), 1 / 1.1));
            },
            [](auto& r) { return static_cast<std::int64_t>(std::exponential_distribution(1e-5)(r)); },
            [](auto& r) { return r() % 2 == 0 ? std::int64_t{12} : std::int64_t{9'000'000'000}; },
            [](auto& r) { return static_cast<std::int64_t>(r() % 4); },
            [](auto&) { return std::int64_t{777}; },
            [](auto& r) { return static_cast<std::int64_t>((r() >> 1) >> (r() % 63)); },
        };
        std::mt19937_64 random(4);
        std::vector<std::int64_t> values;
        for (int i = 0; i < 40'000; ++i)
            values.push_back(draws.at(static_cast<std::size_t>(distribution))(random));
        SketchSum sum;
        QVERIFY(sum.add(written(values)));
        std::sort(values.begin(), values.end());
        for (const auto q : quantiles) {
            const auto wanted = exact(values, q);
            QVERIFY2(std::abs(*sum.quantile(q) - wanted) <= 0.01 * wanted + 1e-9,
                     qPrintable(QString("q %1: %2 instead of %3").arg(q).arg(*sum.quantile(q)).arg(wanted)));
        }
    }

    void partsAddUpToTheWhole() {
        std::mt19937_64 random(5);
        std::lognormal_distribution<double> draw(10, 1.5);
        std::vector<std::int64_t> all;
        SketchSum summed;
        Sketch merged;
        for (int part = 0; part < 30; ++part) {
            std::vector<std::int64_t> values;
            for (std::uint64_t i = random() % 200; i > 0; --i)
                values.push_back(static_cast<std::int64_t>(draw(random)));
            const auto bytes = written(values);
            QVERIFY(summed.add(bytes));
            QVERIFY(merged.mergeFrom(bytes));
            all.insert(all.end(), values.begin(), values.end());
        }
        std::string bytes;
        merged.write(bytes);
        QVERIFY(bytes == written(all));
        SketchSum whole;
        QVERIFY(whole.add(bytes));
        QCOMPARE(whole.total(), static_cast<std::uint64_t>(all.size()));
        for (const auto q : quantiles)
            QCOMPARE(*whole.quantile(q), *summed.quantile(q));
    }

    void nothingHasNoQuantiles() {
        QVERIFY(!SketchSum().quantile(0.5));
        SketchSum sum;
        QVERIFY(sum.add(written({})));
        QVERIFY(!sum.quantile(0.5));
        QVERIFY(!sum.add(std::string_view("\xFF\xFF\xFF")));
    }
};

QTEST_GUILESS_MAIN(SketchTest)
#include "tst_sketch.moc"
