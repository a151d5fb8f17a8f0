#include "widgets/deploy/preview_pane.h"

#include "widgets/controls.h"

#include <QPainter>
#include <QPlainTextEdit>
#include <QStackedWidget>
#include <QTextBlock>
#include <QVBoxLayout>

namespace stepwell {
namespace {

using Kind = DifferenceLine::Kind;

constexpr int paneHeight = 190;

/// Two images beside each other, on a checkered ground so that what is transparent shows.
class ImagePair final : public QWidget {
  public:
    void set(const QImage& before, const QImage& after) {
        before_ = before;
        after_ = after;
        setAccessibleName(QObject::tr("The image before and after"));
        update();
    }

  protected:
    void paintEvent(QPaintEvent*) override {
        QPainter painter(this);
        painter.setRenderHint(QPainter::SmoothPixmapTransform);
        const int half = width() / 2;
        paintSide(painter, QRect(0, 0, half - 8, height()), before_, QObject::tr("before"));
        paintSide(painter, QRect(half + 8, 0, half - 8, height()), after_, QObject::tr("after"));
    }

  private:
    static void paintSide(QPainter& painter, const QRect& side, const QImage& image, const QString& word) {
        const auto& theme = Theme::get();
        painter.setFont(theme.axis());
        painter.setPen(theme.color(Token::mute));
        const auto size = image.isNull()
                              ? QObject::tr("%1: none").arg(word)
                              : QObject::tr("%1 · %2 × %3").arg(word).arg(image.width()).arg(image.height());
        painter.drawText(side, Qt::AlignBottom | Qt::AlignHCenter, size);
        if (image.isNull()) return;
        const QRect room = side.adjusted(0, 0, 0, -18);
        const QSize shown = image.size().scaled(room.size().boundedTo(image.size()), Qt::KeepAspectRatio);
        QRect target(QPoint(0, 0), shown);
        target.moveCenter(room.center());
        painter.fillRect(target, theme.color(Token::surface));
        painter.fillRect(target, QBrush(theme.color(Token::line2), Qt::Dense6Pattern));
        painter.drawImage(target, image);
    }

    QImage before_;
    QImage after_;
};

QString prefixOf(Kind kind) {
    return kind == Kind::added     ? QStringLiteral("+  ")
           : kind == Kind::removed ? QStringLiteral("−  ")
                                   : QStringLiteral("   ");
}

}  // namespace

PreviewPane::PreviewPane(QWidget* parent)
    : QFrame(parent)
    , path_(new ElidedLabel({}, Qt::ElideMiddle))
    , stack_(new QStackedWidget)
    , words_(makeLabel(QString(), "mute"))
    , lines_(new QPlainTextEdit)
    , images_(new ImagePair) {
    setObjectName("previewPane");
    setAutoFillBackground(true);
    setFixedHeight(paneHeight);
    path_->setFont(Theme::get().mono());
    path_->setProperty("kind", "mute");
    words_->setWordWrap(true);
    words_->setAlignment(Qt::AlignTop | Qt::AlignLeft);
    lines_->setReadOnly(true);
    lines_->setFrameShape(QFrame::NoFrame);
    lines_->setLineWrapMode(QPlainTextEdit::NoWrap);
    lines_->setFont(Theme::get().mono());
    lines_->setStyleSheet(QStringLiteral("QPlainTextEdit { background: transparent; border: none; }"));
    lines_->document()->setDocumentMargin(0);
    stack_->addWidget(words_);
    stack_->addWidget(lines_);
    stack_->addWidget(images_);
    auto* all = new QVBoxLayout(this);
    all->setContentsMargins(16, 10, 16, 10);
    all->setSpacing(6);
    all->addWidget(path_);
    all->addWidget(stack_, 1);
    const auto ground = [this] {
        QPalette colors = palette();
        colors.setColor(QPalette::Window, Theme::get().color(Token::raised));
        setPalette(colors);
    };
    ground();
    connect(&Theme::get(), &Theme::changed, this, ground);
}

void PreviewPane::say(const QString& text) {
    words_->setText(text);
    stack_->setCurrentWidget(words_);
}

void PreviewPane::showLoading(const QString& path) {
    path_->setText(path);
    say({});
}

void PreviewPane::showPreview(const ChangePreview& preview) {
    switch (preview.kind) {
    case ChangePreview::Kind::text:
        return showLines(preview.lines);
    case ChangePreview::Kind::image:
        static_cast<ImagePair*>(images_)->set(preview.before, preview.after);
        return stack_->setCurrentWidget(images_);
    case ChangePreview::Kind::failed:
        return say(preview.reason);
    case ChangePreview::Kind::binary:
        return say(tr("Neither text nor an image: there is nothing to show but its size."));
    }
}

void PreviewPane::showLines(const std::vector<DifferenceLine>& lines) {
    if (lines.empty()) return say(tr("The text is the same."));
    const auto& theme = Theme::get();
    lines_->clear();
    QTextCursor cursor(lines_->document());
    cursor.beginEditBlock();
    bool first = true;
    for (const auto& line : lines) {
        QTextCharFormat look;
        look.setForeground(theme.color(line.kind == Kind::added     ? Token::complete
                                       : line.kind == Kind::removed ? Token::errored
                                       : line.kind == Kind::skipped ? Token::mute
                                                                    : Token::text));
        if (!std::exchange(first, false)) cursor.insertBlock();
        cursor.insertText(
            line.kind == Kind::skipped
                ? (line.skipped == 1 ? tr("   ⋯ 1 equal line") : tr("   ⋯ %1 equal lines").arg(line.skipped))
                : prefixOf(line.kind) + line.text,
            look);
    }
    cursor.endEditBlock();
    lines_->moveCursor(QTextCursor::Start);
    stack_->setCurrentWidget(lines_);
}

QString PreviewPane::text() const {
    if (stack_->currentWidget() == lines_) return lines_->toPlainText();
    return stack_->currentWidget() == words_ ? words_->text() : QString();
}

}  // namespace stepwell
