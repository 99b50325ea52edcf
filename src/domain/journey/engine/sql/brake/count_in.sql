INSERT INTO {data.journey_intake} (journey, at, customers) VALUES ({journey}, {now}, {customers})
