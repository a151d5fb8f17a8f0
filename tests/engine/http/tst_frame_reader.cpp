#include "app/engine/http/frame_reader.h"

#include <QTest>

using namespace stepwell::engine::http;

namespace {

struct Seen {
    std::vector<std::pair<FrameReader::Frame, std::string>> frames;
};

Seen read(const std::string& bytes, std::size_t step) {
    FrameReader reader;
    Seen seen;
    for (std::size_t at = 0; at < bytes.size(); at += step)
        reader.read(std::string_view(bytes).substr(at, step),
                    [&](FrameReader::Frame frame, std::string payload) {
                        seen.frames.emplace_back(frame, std::move(payload));
                    });
    return seen;
}

std::string bytes(std::initializer_list<int> values) {
    std::string text;
    for (const int value : values)
        text += static_cast<char>(value);
    return text;
}

}  // namespace

/// Frames of clients of tails, with and without a mask, in pieces of any size.
class FrameReaderTest : public QObject {
    Q_OBJECT
  private slots:
    void passesOverText() {
        const auto text = bytes({0x81, 15}) + "{\"debug\":false}";
        const auto long126 = bytes({0x81, 126, 0x01, 0x00}) + std::string(256, 'x');
        const auto ping = bytes({0x89, 2}) + "hi";
        const auto masked = bytes({0x89, 0x82, 1, 2, 3, 4, 'h' ^ 1, 'o' ^ 2});
        for (const std::size_t step : {1U, 3U, 1'000U}) {
            const auto seen = read(text + long126 + ping + masked, step);
            QCOMPARE(seen.frames.size(), 2U);
            QVERIFY(seen.frames[0] == std::pair(FrameReader::Frame::ping, std::string("hi")));
            QVERIFY(seen.frames[1] == std::pair(FrameReader::Frame::ping, std::string("ho")));
        }
    }

    void endsWithAClose() {
        for (const std::size_t step : {1U, 1'000U}) {
            const auto seen = read(bytes({0x88, 0, 0x89, 0}), step);
            QCOMPARE(seen.frames.size(), 1U);
            QVERIFY(seen.frames[0].first == FrameReader::Frame::close);
        }
    }

    void refusesWhatIsLarge() {
        for (const auto& head : {bytes({0x81, 127, 0, 0, 0, 0, 0x40, 0, 0, 0}),
                                 bytes({0x81, 126, 0xFF, 0xFF}), bytes({0x89, 126, 0, 126})}) {
            const auto seen = read(head + "abc", 1);
            QCOMPARE(seen.frames.size(), 1U);
            QVERIFY(seen.frames[0].first == FrameReader::Frame::broken);
        }
    }
};

QTEST_APPLESS_MAIN(FrameReaderTest)
#include "tst_frame_reader.moc"
