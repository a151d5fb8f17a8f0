#include "widgets/deletion.h"

#include "widgets/format.h"
#include "widgets/notice_bar.h"

#include <QWidget>

namespace stepwell {

void addUnfinished(QStringList& lines, std::int64_t unfinished) {
    if (unfinished == 1) lines << QObject::tr("One of them is not finished: it is stopped where it is.");
    if (unfinished > 1)
        lines << QObject::tr("%1 of them are not finished: they are stopped where they are.")
                     .arg(format::number(unfinished));
}

std::function<void(const api::Result<void>&)> afterDeletion(QWidget* parent, const QString& name,
                                                            std::function<void()> deleted) {
    return [parent, name, deleted = std::move(deleted)](const api::Result<void>& answer) {
        if (!answer)
            return NoticeBar::say(parent, NoticeBar::Kind::error,
                                  QObject::tr("%1 was not deleted: %2")
                                      .arg(name, QString::fromStdString(answer.error().message)));
        NoticeBar::say(parent, NoticeBar::Kind::success, QObject::tr("%1 was deleted").arg(name));
        deleted();
    };
}

void sayBelongingsUnknown(QWidget* parent, const QString& name, const api::Error& error) {
    NoticeBar::say(parent, NoticeBar::Kind::error,
                   QObject::tr("What belongs to %1 could not be found out: %2")
                       .arg(name, QString::fromStdString(error.message)));
}

}  // namespace stepwell
