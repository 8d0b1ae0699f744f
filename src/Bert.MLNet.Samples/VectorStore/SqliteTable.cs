using System.Runtime.InteropServices;
using Microsoft.Data.Sqlite;

namespace Bert.MLNet.Samples.VectorStore;

/// <summary>A table of a SQLite file with a key, a record and a vector in each row. Not thread-safe.</summary>
internal sealed class SqliteTable : IDisposable
{
    private readonly SqliteConnection _connection;
    private readonly string _name, _table;
    private readonly int _dimensions;
    private (object Version, BertVectorIndex? Vectors, long[] Rows)? _index;

    /// <param name="path">The file, which is created if it does not exist.</param>
    /// <param name="name">The name of the table.</param>
    /// <param name="dimensions">The number of values of a vector.</param>
    /// <exception cref="IOException">The file cannot be opened, or is not a database.</exception>
    public SqliteTable(string path, string name, int dimensions)
    {
        (_name, _table, _dimensions) = (name, $"\"{name.Replace("\"", "\"\"")}\"", dimensions);
        _connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ConnectionString);
        try
        {
            _connection.Open();
            Scalar("SELECT count(*) FROM sqlite_master");
        }
        catch (SqliteException failure)
        {
            _connection.Dispose();
            throw new IOException($"'{path}' cannot be opened as a SQLite database: {failure.Message}", failure);
        }
    }

    public bool Exists => (long)Scalar("SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = $1", _name)! > 0;

    public void Create() =>
        Execute($"CREATE TABLE IF NOT EXISTS {_table} (key PRIMARY KEY NOT NULL, record TEXT NOT NULL, vector BLOB NOT NULL)");

    public void Drop() => Execute($"DROP TABLE IF EXISTS {_table}");

    /// <summary>Adds rows, or replaces those with the same keys; all of them or none.</summary>
    public void Upsert(IEnumerable<(object Key, string Record, float[] Vector)> rows)
    {
        using SqliteTransaction transaction = _connection.BeginTransaction();
        foreach ((object key, string record, float[] vector) in rows)
        {
            using SqliteCommand command = Command(
                $"INSERT INTO {_table} (key, record, vector) VALUES ($1, $2, $3) " +
                "ON CONFLICT (key) DO UPDATE SET record = excluded.record, vector = excluded.vector",
                key, record, MemoryMarshal.AsBytes<float>(vector).ToArray());
            command.Transaction = transaction;
            command.ExecuteNonQuery();
        }
        transaction.Commit();
    }

    public void Delete(object key) => Execute($"DELETE FROM {_table} WHERE key = $1", key);

    public string? Find(object key) => (string?)Scalar($"SELECT record FROM {_table} WHERE key = $1", key);

    /// <summary>Reads all records, in the order in which they were added.</summary>
    public IEnumerable<string> Records()
    {
        using SqliteCommand command = Command($"SELECT record FROM {_table} ORDER BY rowid");
        using SqliteDataReader reader = command.ExecuteReader();
        while (reader.Read())
            yield return reader.GetString(0);
    }

    /// <summary>Finds the records with the vectors nearest to a query, the nearest first, and their cosines.</summary>
    /// <param name="query">The vector of the query.</param>
    /// <param name="count">The maximum number of records; null for all.</param>
    public IEnumerable<(string Record, float Cosine)> Search(ReadOnlyMemory<float> query, int? count)
    {
        (BertVectorIndex? vectors, long[] rows) = Index();
        if (vectors is null)
            yield break;
        foreach ((int place, float cosine) in vectors.Search(query.Span, count ?? vectors.Count))
        {
            if (Scalar($"SELECT record FROM {_table} WHERE rowid = $1", rows[place]) is string record) // else another process removed it
                yield return (record, cosine);
        }
    }

    public void Dispose() => _connection.Dispose();

    /// <summary>Returns the index of the vectors in the table, which is built again after they were changed, here or elsewhere.</summary>
    private (BertVectorIndex? Vectors, long[] Rows) Index()
    {
        // The first counts the changes of this connection, the second changes when another one has written.
        object version = (Scalar("SELECT total_changes()"), Scalar("PRAGMA data_version"));
        if (_index is { } index && index.Version.Equals(version))
            return (index.Vectors, index.Rows);
        List<long> rows = [];
        List<ReadOnlyMemory<float>> vectors = [];
        using SqliteCommand command = Command($"SELECT rowid, vector FROM {_table} ORDER BY rowid");
        using SqliteDataReader reader = command.ExecuteReader();
        while (reader.Read())
        {
            byte[] bytes = reader.GetFieldValue<byte[]>(1);
            if (bytes.Length != _dimensions * sizeof(float))
                throw new InvalidDataException(
                    $"Row {reader.GetInt64(0)} of '{_name}' has a vector of {bytes.Length} bytes instead of " +
                    $"{_dimensions * sizeof(float)}. Delete the collection, and add its records again.");
            rows.Add(reader.GetInt64(0));
            vectors.Add(MemoryMarshal.Cast<byte, float>(bytes).ToArray());
        }
        _index = (version, vectors.Count > 0 ? new BertVectorIndex(vectors) : null, [.. rows]);
        return (_index.Value.Vectors, _index.Value.Rows);
    }

    private void Execute(string sql, params object[] values)
    {
        using SqliteCommand command = Command(sql, values);
        command.ExecuteNonQuery();
    }

    private object? Scalar(string sql, params object[] values)
    {
        using SqliteCommand command = Command(sql, values);
        return command.ExecuteScalar();
    }

    private SqliteCommand Command(string sql, params object[] values)
    {
        SqliteCommand command = _connection.CreateCommand();
        command.CommandText = sql;
        for (int i = 0; i < values.Length; i++)
            command.Parameters.AddWithValue($"${i + 1}", values[i]);
        return command;
    }
}
