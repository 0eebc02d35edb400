package dev.husk.gateway.log;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;

/** What of an event only some parties may read. */
@Entity
@Table(name = "event_detail")
public class EventDetailRow {
    @Id
    @Column(name = "idx")
    long index;

    @Column(name = "sealed")
    byte[] sealed = {};
}
